"""Practice makes habit: how much of what planning does can a reflex do, and at what part of the cost?

The shipped kitten practises reaching places and pushing toys to places: it plans, its reflex is compiled from what it
plans, and more and more it acts by reflex, in tries that planning looks on to and where it is trusted. Afterwards the
reflex learns once more what there was to learn, as in sleep. Nothing else learns. Then it is set tasks in rooms that it
has not seen: by planning alone (Mode-2, without the reflex), and by reflex alone (Mode-1). Controls: a reflex that has
not practised, moving at random, and doing nothing. No task begins done.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import worlds
from agent import Mind
from agent.actor.exploration_noise import babbling
from agent.consolidation import sleep
from agent.moment import Moment
from agent.perception.attention import attend, tokens
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from studies.common.tasks import GOALS, KINDS, STEPS, Kind, Task, attempt, blind, tasks
from worlds import World

PRACTICE = 10_000  # control steps
PUSHING = 0.75  # of the tasks in practice: it is the harder kind
TRY = 80  # control steps for a task in practice
TRIES = 0.7  # of the stretches that are not trusted, by reflex all the same
REST = 1600  # lessons after practice
TESTS = 20  # tasks of each kind
TIMED = 200  # decisions that are timed
WAYS = ("planning", "reflex", "untrained", "random", "nothing")
PARTS = 6  # of practice, in the figure


@dataclass(frozen=True)
class Practised:
    """What one kitten's practice came to.

    Attributes:
        done: Share of tasks done, by ``kind/way``.
        cost: Seconds of computing a decision, by ``act/way`` and ``choose/way``: medians.
        reacts: Share of steps by trusted reflex, tries left out, in each part of practice, by kind.
    """

    done: dict[str, float]
    cost: dict[str, float]
    reacts: dict[str, list[float]]


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = PRACTICE, tests: int = TESTS
) -> dict[str, Any]:
    """Practises, tests and draws; `steps` of practice. See the package for what it returns."""
    found = side_by_side(
        partial(_kitten, practice=steps, tests=tests), [("kitten", seed) for seed in seeds], progress, out / "lives"
    )
    kittens = [found["kitten", seed] for seed in seeds]
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for kind in KINDS:
        for way in WAYS:
            group = metrics if way in WAYS[:2] else controls
            unit = f"share of {tests} tasks done in {STEPS} steps"
            group[f"{kind}/{way}"] = metric((kitten.done[f"{kind}/{way}"] for kitten in kittens), unit, "higher")
        planned = max(float(np.mean([kitten.done[f"{kind}/planning"] for kitten in kittens])), 1e-9)
        ratios = [kitten.done[f"{kind}/reflex"] / planned for kitten in kittens]
        metrics[f"{kind}/reflex_over_planning"] = metric(ratios, "times planning's mean", "higher")
        for part, name in ((0, "first"), (-1, "last")):
            shares = [kitten.reacts[kind][part] for kitten in kittens]
            metrics[f"{kind}/by_reflex_{name}"] = metric(
                shares, f"share of steps by trusted reflex, {name} of {PARTS} parts", "higher"
            )
    for what, words in (("act", "before an action"), ("choose", "of choosing alone")):
        for way in WAYS[:2]:
            values = [1e3 * kitten.cost[f"{what}/{way}"] for kitten in kittens]
            metrics[f"cost/{what}/{way}"] = metric(values, f"ms {words}", "lower")
        ratios = [kitten.cost[f"{what}/reflex"] / kitten.cost[f"{what}/planning"] for kitten in kittens]
        metrics[f"cost/{what}/reflex_over_planning"] = metric(ratios, "times planning's", "lower")
    _draw(kittens, out / "figure.png")
    return result("reflex", seeds, steps, metrics, controls)


def newcomer(seed: int, reflex: str = "trust") -> Mind:
    """Returns the shipped kitten with goals, and a reflex that has not practised."""
    wants = {**dict.fromkeys(GOALS.values(), 1.0), "pain": 1.0, "effort": 0.05}
    # The critic anticipates without knowing what is wished: where wishes change, it is of no use.
    mind = Mind.load("kitten", wants, reflex=reflex, reflex_tries=TRIES if reflex == "trust" else 0.0, critic=False)
    mind.generator.manual_seed(seed)
    return mind


def practise(mind: Mind, world: World, steps: int, seed: int) -> dict[str, list[bool]]:
    """Lets it try tasks of both kinds, and rest; returns whether each step was by trusted reflex, by kind."""
    reacted: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    chance, reflex = np.random.default_rng(seed), mind.mode1
    assert reflex is not None
    while sum(map(len, reacted.values())) < steps or min(map(len, reacted.values())) < PARTS:
        kind: Kind = "push" if chance.random() < PUSHING else "reach"
        [task] = tasks(world, kind, 1, int(chance.integers(1 << 30)))

        def each(moment: Moment, kind: str = kind) -> None:
            reacted[kind].append(moment.thought.mode == "react")
            reflex.learn(mind.generator)

        attempt(world, task, mind, TRY, each)
    for _ in sleep(mind, REST, partial(reflex.learn, mind.generator)):
        pass
    return reacted


def _kitten(name: str, seed: int, practice: int, tests: int) -> Practised:
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    mind, untrained = newcomer(seed), newcomer(seed, "act")
    reacted = practise(mind, world, practice, 1000 + seed)
    done: dict[str, float] = {}
    assert mind.mode1 is not None
    mind.mode1.acts, reflex = "act", mind.mode1
    for kind in KINDS:
        given = tasks(world, kind, tests, seed)
        noise = babbling(mind.actions, STEPS * tests, seed)
        ways = {
            "reflex": [attempt(world, task, mind, STEPS) for task in given],
            "untrained": [attempt(world, task, untrained, STEPS) for task in given],
            "random": [blind(world, task, part) for task, part in zip(given, np.split(noise, tests), strict=True)],
            "nothing": [blind(world, task, np.zeros_like(noise[:STEPS])) for task in given],
        }
        mind.mode1 = None
        ways["planning"] = [attempt(world, task, mind, STEPS) for task in given]
        mind.mode1 = reflex
        done |= {f"{kind}/{way}": float(np.mean(each)) for way, each in ways.items()}
    cost = timed(mind, world, given[0])
    parts = {kind: [float(np.mean(part)) for part in np.array_split(each, PARTS)] for kind, each in reacted.items()}
    world.close()
    return Practised(done, cost, parts)


@torch.inference_mode()
def timed(mind: Mind, world: World, task: Task, decisions: int = TIMED) -> dict[str, float]:
    """Returns seconds of this process's time per decision, by reflex and by planning alone, by turns.

    Under ``"act"`` is all that goes on before an action, perception and what is told of it included; under
    ``"choose"`` the choice alone.
    """
    reflex, model = mind.mode1, mind.world_model
    assert reflex is not None
    attempt(world, task, mind, 1)
    obs = world.observe()
    senses = {name: torch.from_numpy(value) for name, value in obs.items()}
    attended = reflex.heed(attend(senses, mind.config.attend), senses)
    latent = tokens(mind.perception(senses), attended)
    sight = model.sight(latent[None], mind.perception.appearance(senses)[attended][None])

    def choose() -> None:
        if mind.mode1 is None:
            mind.actor.plan(latent, senses, attended, mind.generator)
        else:
            reflex.choose(latent, sight, senses, attended, mind.generator)

    spent: dict[str, list[float]] = defaultdict(list)
    for _ in range(decisions // 10):
        for way, times in (("reflex", 10), ("planning", 1)):
            mind.mode1 = reflex if way == "reflex" else None
            for what, do in (("act", partial(mind.act, obs)), ("choose", choose)):
                for _ in range(times):
                    started = time.process_time()
                    do()
                    spent[f"{what}/{way}"].append(time.process_time() - started)
    mind.mode1 = reflex
    return {way: float(np.median(each)) for way, each in spent.items()}


def _draw(kittens: list[Practised], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for i, kind in enumerate(KINDS):
        for j, way in enumerate(WAYS):
            values = [kitten.done[f"{kind}/{way}"] for kitten in kittens]
            at = i * (len(WAYS) + 1) + j
            axes[0].bar(at, np.mean(values), color=f"C{j}", alpha=0.4, label=way if i == 0 else None)
            axes[0].plot(np.full(len(values), at), values, "o", color=f"C{j}", ms=4)
        curves = np.array([kitten.reacts[kind] for kitten in kittens])
        axes[1].plot(np.arange(1, PARTS + 1), curves.mean(0), "o-", label=kind)
        axes[1].fill_between(np.arange(1, PARTS + 1), curves.min(0), curves.max(0), alpha=0.15)
    axes[0].set_xticks([2, 2 + len(WAYS) + 1], KINDS)
    axes[0].set(ylabel=f"share of tasks done in {STEPS} steps", ylim=(0, 1.05))
    axes[1].set(xlabel="part of practice", ylabel="share of steps by trusted reflex", ylim=(0, 1.05))
    for axis in axes:
        axis.legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
