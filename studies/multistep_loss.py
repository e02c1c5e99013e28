"""Imagining on end: a loss over several steps against as much learning of single steps.

The shipped kitten plays in a room and then learns from what it remembers: with the loss of eight steps on end, or, for
as much computing, by twice the updates of single steps. Then plans are imagined and acted out in another room, from the
same moments for all, as in the study `foresight`. The kitten that learnt nothing more is the control.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.stats import spearmanr

import worlds
from agent import Mind, live
from agent.actor.planners import colored_noise
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from studies.foresight import APART, AT, HORIZON, MOVES, PLANS, Floats, acted_out, compare

STEPS = 600  # control steps of play to learn from
LESSONS = 150  # control steps' worth of learning
MOMENTS = 8  # at which plans are compared
ANOTHER = 10_000  # added to a seed, for the room in which it is asked
LEARNS: dict[str, dict[str, Any]] = {"on end": {"rollout_steps": 8}, "single steps": {"updates": 8}, "nothing": {}}
Asked = dict[str, tuple[Floats, float, float]]  # error by steps ahead; rank correlations of movement and of cost


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` counts the control steps of play that are learnt from."""
    found = side_by_side(
        partial(learn_and_ask, steps=steps), [("playroom", seed) for seed in seeds], progress, out / "lives"
    )
    groups: dict[str, dict[str, Any]] = {}
    for how in LEARNS:
        asked = [found["playroom", seed][how] for seed in seeds]
        group = {
            f"error/{ahead}_over_persistence": metric(
                (error[ahead - 1] for error, _, _ in asked), f"of persistence, {ahead} steps ahead", "lower"
            )
            for ahead in AT
        }
        for i, told in ((1, "toys"), (2, "cost")):
            values = [float(it[i]) for it in asked if np.isfinite(it[i])]
            if values:
                group[f"plans/{told}"] = metric(values, f"rank correlation, {PLANS} plans", "higher")
        groups[how] = group
    _draw([found["playroom", seed] for seed in seeds], out / "figure.png")
    metrics = groups.pop("on end")
    return result("multistep_loss", seeds, steps, metrics, groups)


def learn_and_ask(room: str, seed: int, steps: int, lessons: int = LESSONS, moments: int = MOMENTS) -> Asked:
    """Lets kittens learn from the same play, each in its way, and holds what they imagine against what comes."""
    world = worlds.make(room, seed=seed, frames_per_step=1)
    guide = Mind.load("kitten")
    guide.begin_episode()
    for _ in live(world, guide, steps, learn=False):
        pass
    minds = {}
    for how, settings in LEARNS.items():
        mind = minds[how] = Mind.load("kitten")
        mind.perception.load_state_dict(guide.perception.state_dict())
        mind.memory.load(guide.memory.state(), guide.drives)
        mind.learner.config = replace(mind.config, **settings)
        for _ in range(lessons if settings else 0):
            mind.learn()
    world.reset(seed=ANOTHER + seed)
    guide.begin_episode()
    generator = torch.Generator().manual_seed(seed)
    off = {how: np.zeros((2, HORIZON)) for how in minds}
    toys: dict[str, list[float]] = {how: [] for how in minds}
    cost: dict[str, list[float]] = {how: [] for how in minds}
    for _ in range(moments):
        for _ in live(world, guide, APART, learn=False):
            pass
        noise = colored_noise(2.5, HORIZON, (PLANS, guide.actions), generator)
        plans = (0.6 * noise).clamp(-1, 1)
        real = acted_out(world, plans)
        for how, mind in minds.items():
            it = compare(mind, plans, real)
            off[how] += it.off, it.still
            cost[how].append(float(spearmanr(it.planned, it.true).statistic))
            if np.ptp(it.moved) > MOVES:
                toys[how].append(float(spearmanr(it.moves, it.moved).statistic))
    world.close()
    mean = {how: [float(np.mean(each[how])) if each[how] else np.nan for each in (toys, cost)] for how in minds}
    return {how: (off[how][0] / off[how][1], *mean[how]) for how in minds}


def _draw(found: list[Asked], path: Path) -> None:
    fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    ahead = np.arange(1, HORIZON + 1)
    for how, color in zip(LEARNS, ("tab:orange", "tab:blue", "tab:gray"), strict=True):
        curves = np.stack([asked[how][0] for asked in found])
        ax.plot(ahead, curves.mean(0), color=color, label=f"learnt {how}")
        ax.fill_between(ahead, curves.min(0), curves.max(0), color=color, alpha=0.15)
    ax.axhline(1.0, color="black", lw=0.8, ls=":")
    ax.set(title="error of imagination", xlabel="control steps ahead", ylabel="of persistence", ylim=(0, 1.5))
    ax.legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
