"""A loss over several steps imagines better, or not, than as much learning of single steps.

The shipped kitten plays in a room and then learns from what it remembers: with the loss over eight steps, or, for as
much computing, by twice the updates of single steps. Then plans are imagined and acted out in another room, from the
same moments for all, as in the study `foresight`. The kitten that learnt nothing more is the control.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from scipy.stats import spearmanr

import worlds
from agent import Mind, live
from studies.common.plan_comparison import (
    APART,
    AT,
    HORIZON,
    LEAST_SPREAD,
    PLANS,
    Floats,
    act_out,
    compare_plans,
    random_plans,
)
from studies.common.plotting import plot_curves, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import metric

STEPS = 600  # control steps of play to learn from
UPDATES = 150  # control steps' worth of learning
MOMENTS = 8  # at which plans are compared
OTHER_ROOM = 10_000  # added to a seed, for the room in which plans are compared
VARIANTS: dict[str, dict[str, Any]] = {
    "multi-step": {"training.rollout_steps": 8},
    "single steps": {"training.updates_per_step": 8},
    "nothing": {},
}


@dataclass(frozen=True)
class Foresight:
    """How well a mind foresees.

    Attributes:
        error: (HORIZON,) squared error as a share of persistence's.
        toys: Rank correlation of how far toys move in imagination and in truth; nan where no plan moved any.
        cost: Rank correlation of imagined and true cost.
    """

    error: Floats
    toys: float
    cost: float


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of the play that is learnt from. See the package."""
    jobs = [("playroom", seed) for seed in seeds]
    found = run_jobs(partial(learn_and_compare, steps=steps), jobs, progress, out / "jobs")
    groups: dict[str, dict[str, Any]] = {}
    for variant in VARIANTS:
        each = [found[job][variant] for job in jobs]
        group = groups[variant] = {}
        for ahead in AT:
            unit = f"times the error of persistence, {ahead} steps ahead"
            ratios = (one.error[ahead - 1] for one in each)
            group[f"error/{ahead}_over_persistence"] = metric(ratios, unit, "lower", (0.0, np.inf))
        for measure in ("toys", "cost"):
            values, unit = (getattr(one, measure) for one in each), f"rank correlation, {PLANS} plans"
            group[f"plans/{measure}"] = metric(values, unit, "higher", (-1.0, 1.0), "no plan moved a toy")
    figure = _draw({variant: [found[job][variant] for job in jobs] for variant in VARIANTS})
    metrics = groups.pop("multi-step")
    return save_result("multistep_loss", out, seeds, steps, metrics, groups, figure)


def learn_and_compare(
    room: str, seed: int, steps: int, updates: int = UPDATES, moments: int = MOMENTS
) -> dict[str, Foresight]:
    """Lets kittens learn from the same play, each in its way, and compares what they imagine with what comes."""
    world = worlds.make(room, seed=seed, frames_per_step=1)
    guide = Mind.load("kitten")
    guide.begin_episode()
    for _ in live(world, guide, steps, learn=False):
        pass
    minds = {}
    for variant, settings in VARIANTS.items():
        mind = minds[variant] = Mind.load("kitten")
        mind.perception.load_state_dict(guide.perception.state_dict())
        mind.memory.load_state_dict(guide.memory.state_dict())
        mind.trainer.config = mind.config.updated(settings)
        for _ in range(updates if settings else 0):
            mind.learn()
    world.reset(seed=OTHER_ROOM + seed)
    guide.begin_episode()
    generator = torch.Generator().manual_seed(seed)
    errors = {variant: np.zeros((2, HORIZON)) for variant in minds}
    toys: dict[str, list[float]] = {variant: [] for variant in minds}
    cost: dict[str, list[float]] = {variant: [] for variant in minds}
    for _ in range(moments):
        for _ in live(world, guide, APART, learn=False):
            pass
        plans = random_plans(guide.actions, generator)
        real = act_out(world, plans)
        for variant, mind in minds.items():
            found = compare_plans(mind, plans, real)
            errors[variant] += found.error, found.persistence_error
            cost[variant].append(float(spearmanr(found.imagined_cost, found.true_cost).statistic))
            if np.ptp(found.true_distance) > LEAST_SPREAD:
                toys[variant].append(float(spearmanr(found.imagined_distance, found.true_distance).statistic))
    world.close()
    return {
        variant: Foresight(
            errors[variant][0] / errors[variant][1],
            float(np.mean(toys[variant])) if toys[variant] else float("nan"),
            float(np.mean(cost[variant])),
        )
        for variant in minds
    }


def _draw(found: dict[str, list[Foresight]]) -> Figure:
    figure, [[axis]] = subplots(size=(6, 4))
    ahead = np.arange(1, HORIZON + 1)
    for (variant, each), color in zip(found.items(), ("tab:orange", "tab:blue", "tab:gray"), strict=True):
        plot_curves(axis, ahead, [one.error for one in each], color, f"learnt: {variant}")
    axis.axhline(1.0, color="black", lw=0.8, ls=":")
    axis.set(title="error of imagination", xlabel="control steps ahead", ylabel="of persistence", ylim=(0, 1.5))
    axis.legend(frameon=False)
    return figure
