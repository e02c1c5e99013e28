"""Practice makes habit: how much of what planning does a policy can do, and at what cost.

The shipped kitten practises reaching places and pushing toys to places: it plans (Mode-2), its policy (Mode-1) is
distilled from the plans, and more and more the policy acts: in attempts that planning supervises, and where it is
trusted. Afterwards the policy learns once more from all of it, offline. Nothing else learns. Then the mind is given
tasks in rooms that it has not seen: by planning alone, and by the policy alone. Controls: a policy that has not
practised, moving at random, and doing nothing. No task begins done.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

import worlds
from agent import Mind
from agent.consolidation import train_offline
from agent.moment import Moment
from agent.perception.attention import select_things, select_tokens
from studies.common.plotting import plot_curves, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.scripted_policies import random_actions, still_actions
from studies.common.stats import SHARE, metric
from studies.common.tasks import KINDS, OBJECTIVES, STEPS, Kind, Task, attempt, attempt_open_loop, draw_tasks
from worlds import World

PRACTICE = 10_000  # control steps
PUSH_CHANCE = 0.75  # share of pushing among the tasks of practice: it is the harder kind
PRACTICE_STEPS = 80  # control steps for a task in practice
SUPERVISED = 0.7  # share of the segments where the policy is not trusted and acts all the same
OFFLINE_UPDATES = 1600  # after practice
TESTS = 20  # tasks of each kind
TIMED = 200  # decisions that are timed
METHODS = ("planning", "reflex")
CONTROLS = ("untrained", "random", "nothing")
PARTS = 6  # of practice, in the figure


@dataclass(frozen=True)
class Practice:
    """What one kitten's practice came to.

    Attributes:
        done: Share of tasks done, by ``kind/method``.
        seconds: Processor time of a decision (s), by ``act/method`` and ``choose/method``: medians.
        trusted: Share of steps by the trusted policy, supervised ones left out, in each part of practice, by kind.
    """

    done: dict[str, float]
    seconds: dict[str, float]
    trusted: dict[str, list[float]]


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = PRACTICE, tests: int = TESTS
) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of practice, `tests` the tasks of each kind. See the package."""
    jobs = [("kitten", seed) for seed in seeds]
    found = run_jobs(partial(_kitten, practice=steps, tests=tests), jobs, progress, out / "jobs")
    kittens = [found[job] for job in jobs]
    metrics: dict[str, Any] = {}
    controls: dict[str, dict[str, Any]] = {name: {} for name in CONTROLS}
    for kind in KINDS:
        unit = f"share of {tests} tasks done in {STEPS} steps"
        done = {
            method: metric((kitten.done[f"{kind}/{method}"] for kitten in kittens), unit, "higher", SHARE)
            for method in (*METHODS, *CONTROLS)
        }
        metrics |= {f"{kind}/{method}": done[method] for method in METHODS}
        for name in CONTROLS:
            controls[name][f"{kind}/reflex"] = done[name]
        planning = done["planning"]["value"]
        ratios = [kitten.done[f"{kind}/reflex"] / planning for kitten in kittens] if planning else []
        unit = "times the mean of planning"
        metrics[f"{kind}/reflex_over_planning"] = metric(ratios, unit, "higher", missing="planning did no task")
        for part, name in ((0, "first"), (-1, "last")):
            shares = (kitten.trusted[kind][part] for kitten in kittens)
            unit = f"share of steps by the trusted policy, {name} of {PARTS} parts"
            metrics[f"{kind}/by_reflex_{name}"] = metric(shares, unit, "higher", SHARE)
    for what, words in (("act", "before an action"), ("choose", "of choosing alone")):
        for method in METHODS:
            values = (1e3 * kitten.seconds[f"{what}/{method}"] for kitten in kittens)
            metrics[f"cost/{what}/{method}"] = metric(values, f"ms {words}", "lower")
        ratios = [kitten.seconds[f"{what}/reflex"] / kitten.seconds[f"{what}/planning"] for kitten in kittens]
        metrics[f"cost/{what}/reflex_over_planning"] = metric(ratios, "times planning", "lower")
    return save_result("reflex", out, seeds, steps, metrics, controls, _draw(kittens))


def untrained_kitten(seed: int, mode: str = "gated") -> Mind:
    """Returns the shipped kitten with goals, and a policy that has not practised."""
    objectives = {**dict.fromkeys(OBJECTIVES.values(), 1.0), "pain": 1.0, "effort": 0.05}
    # The critic anticipates without knowing the goal: where goals change, it is of no use.
    settings = {
        "policy.mode": mode,
        "policy.dagger_fraction": SUPERVISED if mode == "gated" else 0.0,
        "planner.use_critic": False,
    }
    mind = Mind.load("kitten", objectives, settings)
    mind.generator.manual_seed(seed)
    return mind


def practise(mind: Mind, world: World, steps: int, seed: int) -> dict[str, list[bool]]:
    """Lets a mind practise tasks of both kinds; returns whether each step was by the trusted policy, by kind."""
    trusted: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    rng, actor = np.random.default_rng(seed), mind.reactive_actor
    assert actor is not None
    while sum(map(len, trusted.values())) < steps or min(map(len, trusted.values())) < PARTS:
        kind: Kind = "push" if rng.random() < PUSH_CHANCE else "reach"
        [task] = draw_tasks(world, kind, 1, int(rng.integers(1 << 30)))

        def on_moment(moment: Moment, kind: str = kind) -> None:
            trusted[kind].append(moment.thought.mode == "react")
            actor.learn(mind.generator)

        attempt(world, task, mind, PRACTICE_STEPS, on_moment)
    for _ in train_offline(mind, OFFLINE_UPDATES, partial(actor.learn, mind.generator)):
        pass
    return trusted


def _kitten(name: str, seed: int, practice: int, tests: int) -> Practice:
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    mind, untrained = untrained_kitten(seed), untrained_kitten(seed, "always")
    trusted = practise(mind, world, practice, 1000 + seed)
    done: dict[str, float] = {}
    assert mind.reactive_actor is not None
    mind.reactive_actor.mode, actor = "always", mind.reactive_actor
    for kind in KINDS:
        tasks = draw_tasks(world, kind, tests, seed)
        noise = np.split(random_actions(world, STEPS * tests, seed), tests)
        found = {
            "reflex": [attempt(world, task, mind, STEPS) for task in tasks],
            "untrained": [attempt(world, task, untrained, STEPS) for task in tasks],
            "random": [attempt_open_loop(world, task, part) for task, part in zip(tasks, noise, strict=True)],
            "nothing": [attempt_open_loop(world, task, still_actions(world, STEPS)) for task in tasks],
        }
        mind.reactive_actor = None
        found["planning"] = [attempt(world, task, mind, STEPS) for task in tasks]
        mind.reactive_actor = actor
        done |= {f"{kind}/{method}": float(np.mean(each)) for method, each in found.items()}
    seconds = time_decisions(mind, world, tasks[0])
    parts = {kind: [float(np.mean(part)) for part in np.array_split(each, PARTS)] for kind, each in trusted.items()}
    world.close()
    return Practice(done, seconds, parts)


@torch.inference_mode()
def time_decisions(mind: Mind, world: World, task: Task, decisions: int = TIMED) -> dict[str, float]:
    """Returns seconds of processor time per decision, by the policy and by planning alone, taken by turns.

    Under ``"act"`` is all that goes on before an action, perception and reporting included; under ``"choose"`` the
    choice alone.
    """
    actor, model = mind.reactive_actor, mind.world_model
    assert actor is not None
    attempt(world, task, mind, 1)
    obs = world.observe()
    senses = {name: torch.from_numpy(value) for name, value in obs.items()}
    attended = actor.attend_to_goals(select_things(senses, mind.config.attention.num_attended), senses)
    latent = select_tokens(mind.perception(senses), attended)
    ego = model.ego_features_of(latent[None], mind.perception.appearance(senses)[attended][None])

    def choose() -> None:
        if mind.reactive_actor is None:
            mind.actor.plan(latent, senses, attended, mind.generator)
        else:
            actor.choose(latent, ego, senses, attended, mind.generator)

    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(decisions // 10):
        for method, times in (("reflex", 10), ("planning", 1)):
            mind.reactive_actor = actor if method == "reflex" else None
            for what, decide in (("act", partial(mind.act, obs)), ("choose", choose)):
                for _ in range(times):
                    started = time.process_time()
                    decide()
                    seconds[f"{what}/{method}"].append(time.process_time() - started)
    mind.reactive_actor = actor
    return {name: float(np.median(each)) for name, each in seconds.items()}


def _draw(kittens: list[Practice]) -> Figure:
    figure, [axes] = subplots(1, 2, (11, 4))
    methods = (*METHODS, *CONTROLS)
    for i, kind in enumerate(KINDS):
        for j, method in enumerate(methods):
            values = [kitten.done[f"{kind}/{method}"] for kitten in kittens]
            at = i * (len(methods) + 1) + j
            axes[0].bar(at, np.mean(values), color=f"C{j}", alpha=0.4, label=method if i == 0 else None)
            axes[0].plot(np.full(len(values), at), values, "o", color=f"C{j}", ms=4)
        curves = [kitten.trusted[kind] for kitten in kittens]
        plot_curves(axes[1], np.arange(1, PARTS + 1), curves, None, kind, marker="o")
    axes[0].set_xticks([2, 2 + len(methods) + 1], KINDS)
    axes[0].set(ylabel=f"share of tasks done in {STEPS} steps", ylim=(0, 1.05))
    axes[1].set(xlabel="part of practice", ylabel="share of steps by the trusted policy", ylim=(0, 1.05))
    for axis in axes:
        axis.legend(frameon=False)
    return figure
