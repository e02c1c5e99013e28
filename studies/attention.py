"""The executive attends to few things, and plans cheaper for it, without playing less.

Twelve things are in the room: the playroom's plate and feeder, and ten toys instead of six. The shipped kitten lives
there under each rule of the executive, with four things attended; its nets do not learn there, but for what the rule
``learned`` goes by, which has its lessons from the kitten's own memory beforehand. ``whole`` is the fixed rule with all
that the executive can choose: attention, horizon, and drives by need. Controls: ``all`` attends to all twelve things,
``random`` to any four. What planning costs is measured apart: all of them decide in the same moments, one after the
other in one process, and each is held against ``all`` in the same moment, in seconds of processor time. There it is
also measured what share of all that random plans differ by (`agent.configurator.learned_attention.spreads`) the
attended things catch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

from agent import Mind, live
from agent.actor.planners import colored_noise
from agent.configurator.learned_attention import FIRST, spreads
from agent.perception.obs_spec import sensed
from studies.common.lives import Trace, metric, result
from studies.common.runner import Progress, side_by_side
from studies.play import cells
from worlds import World
from worlds.rooms.fixtures.toys import Toy
from worlds.rooms.playroom import Playroom

STEPS = 1000
THINGS, FEW = 12, 4
TIMED = 40  # moments in which planning is timed
LESSONS = FIRST // FEW
RULES: dict[str, dict[str, Any]] = {
    "all": {"configurator": "near", "attend": THINGS},
    "near": {"configurator": "near", "attend": FEW},
    "fixed": {"configurator": "fixed", "attend": FEW},
    "learned": {"configurator": "learned", "attend": FEW},
    "whole": {"configurator": "fixed", "attend": FEW, "urgent": True, "lookahead": True},
    "random": {"configurator": "random", "attend": FEW},
}
CONTROLS = "all", "random"
DECISIONS = "decisions"
PLANS, HORIZON = 48, 14  # of the plans whose differences are caught
MORE = (
    Toy.ball("pink ball", 0.10, 0.18, (0.95, 0.55, 0.70)),
    Toy.cube("white cube", 0.09, 0.25, (0.92, 0.92, 0.90)),
    Toy.drum("brown drum", 0.10, 0.10, 0.35, (0.55, 0.36, 0.22)),
    Toy.ball("lime ball", 0.11, 0.20, (0.65, 0.90, 0.25)),
)


class Crowded(Playroom):
    """A playroom with four more toys."""

    def build(self) -> None:
        """Adds the toys behind all else."""
        super().build()
        self.toys += [
            self.add_thing(toy.shape, toy.mass, friction=0.5, rolling=toy.rolling, restitution=0.3, damping=0.1)
            for toy in MORE
        ]


def room(seed: int) -> World:
    """Returns a room with twelve things."""
    return Crowded(seed=seed, frames_per_step=1)


def kitten(rule: str, seed: int) -> Mind:
    """Returns the shipped kitten, set by a rule; what its nets have learnt is its own."""
    shipped = Mind.load("kitten")
    mind = Mind(dict(shipped.shapes), shipped.actions, replace(shipped.config, **RULES[rule]), seed)
    mind.check()
    mind.load_state_dict({**mind.state_dict(), **shipped.state_dict()})
    mind.memory, mind.steps = shipped.memory, shipped.steps
    for _ in range(LESSONS):
        mind.executive.learn(mind.mixture, mind.memory, mind.generator, 0)
    return mind


def life(rule: str, seed: int, steps: int) -> Trace:
    """Lives under a rule, and notes what the world knows of the toys."""
    world, mind = room(seed), kitten(rule, seed)
    truth = world.truth()
    loose = [i for i, name in enumerate(world.things) if name.split()[-1] in ("ball", "cube", "drum")]
    names = [world.things[i] for i in loose]
    toys, touching, touched = [truth["things.position"][loose, :2]], [], dict.fromkeys(names, 0)
    for _ in live(world, mind, steps, learn=False):
        truth = world.truth()
        met = {name for _, name, _ in truth["contacts"] if name in touched}
        for name in met:
            touched[name] += 1
        toys.append(truth["things.position"][loose, :2])
        touching.append(bool(met))
    world.close()
    return Trace(np.stack(toys), np.array(touching), np.zeros(0, bool), tuple(names), touched)


@dataclass(frozen=True)
class Decisions:
    """What deciding is like in the moments of one life.

    Attributes:
        cheaper: By rule, how many times cheaper it is than attending to all things, in the median moment.
        caught: By rule, the share of what plans differ by that is attended to, on average.
        ms: What ``all`` takes.
    """

    cheaper: dict[str, float]
    caught: dict[str, float]
    ms: float


def decisions(seed: int, moments: int = TIMED) -> Decisions:
    """Lets all rules decide in the same moments, those of a life under the last of them that is no control."""
    world, minds = room(seed), {rule: kitten(rule, seed) for rule in RULES}
    for mind in minds.values():
        mind.fits(world)
    took: dict[str, list[float]] = {rule: [] for rule in RULES}
    caught: dict[str, list[float]] = {rule: [] for rule in RULES}
    leader = [rule for rule in RULES if rule not in CONTROLS][-1]
    generator = torch.Generator().manual_seed(seed)
    judge = minds[leader]
    for _ in range(moments):
        obs, action = world.observe(), np.zeros(judge.actions, np.float32)
        noise = colored_noise(2.5, HORIZON, (PLANS, judge.actions), generator)
        _, spread = spreads(judge.world_model, judge.mixture, sensed(obs, judge.shapes), (0.6 * noise).clamp(-1, 1))
        for rule, mind in minds.items():
            started = time.thread_time()
            chosen, thought = mind.act(obs)
            took[rule].append(time.thread_time() - started)
            caught[rule].append(float(spread[list(thought.attention)].sum() / spread.sum()))
            action = chosen if rule == leader else action
        world.step(action)
    world.close()
    every = np.array(took["all"])
    cheaper = {rule: float(np.median(every / np.array(took[rule]))) for rule in RULES}
    return Decisions(cheaper, {r: float(np.mean(v)) for r, v in caught.items()}, 1e3 * float(np.median(every)))


def _job(what: str, seed: int, steps: int) -> Any:
    torch.set_num_threads(1)
    return decisions(seed, min(TIMED, steps)) if what == DECISIONS else life(what, seed, steps)


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS, rules: tuple[str, ...] = tuple(RULES)
) -> dict[str, Any]:
    """Lives, times and draws. See the package for what it returns."""
    jobs = [(what, seed) for seed in seeds for what in (DECISIONS, *rules)]
    found = side_by_side(partial(_job, steps=steps), jobs, progress, out / "lives")
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {"all/decision": metric((found[DECISIONS, seed].ms for seed in seeds), "ms", "lower")}
    lives: dict[str, list[Trace]] = {rule: [found[rule, seed] for seed in seeds] for rule in rules}
    for rule, led in lives.items():
        group = controls if rule in CONTROLS else metrics
        share = [float(it.touching.mean()) for it in led]
        group[f"{rule}/share"] = metric(share, "share of steps touching a toy", "higher")
        group[f"{rule}/cells"] = metric(map(cells, led), "cells visited by toys", "higher")
        if rule != "all":
            caught = (found[DECISIONS, seed].caught[rule] for seed in seeds)
            group[f"{rule}/caught"] = metric(caught, "of what plans differ by, attended to", "higher")
            cheaper = (found[DECISIONS, seed].cheaper[rule] for seed in seeds)
            group[f"{rule}/cheaper"] = metric(cheaper, f"times cheaper to plan than attending to {THINGS}", "higher")
            if "all" in lives:
                base = [float(it.touching.mean()) for it in lives["all"]]
                less = (a - b for a, b in zip(share, base, strict=True))
                group[f"{rule}/share_over_all"] = metric(less, "share of steps touching a toy, more than all", "higher")
                wide = (cells(a) / cells(b) for a, b in zip(led, lives["all"], strict=True))
                group[f"{rule}/cells_over_all"] = metric(wide, "of the cells under all", "higher")
    _draw({**controls, **metrics}, rules, out / "figure.png")
    return result(
        "attention",
        seeds,
        steps,
        metrics,
        controls,
        touched={rule: [it.touched for it in led] for rule, led in lives.items()},
    )


def _draw(found: dict[str, Any], rules: tuple[str, ...], path: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
    for axis, (name, title) in zip(
        axes,
        (("share", "share of steps with a toy"), ("cells", "cells toys visited"), ("cheaper", "times cheaper")),
        strict=True,
    ):
        for i, rule in enumerate(rules):
            it = found.get(f"{rule}/{name}")
            if it is not None:
                low, high = (abs(it["value"] - edge) for edge in it["ci95"])
                color = "tab:gray" if rule in CONTROLS else "tab:orange"
                axis.bar(i, it["value"], 0.6, yerr=[[low], [high]], color=color)
                axis.plot([i] * len(it["each"]), it["each"], "k.", ms=4)
        axis.set(title=title, xticks=range(len(rules)))
        axis.set_xticklabels(rules)
    figure.savefig(path, dpi=110)
    plt.close(figure)
