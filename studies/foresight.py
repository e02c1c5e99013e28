"""A mind foresees: what it imagines of plans comes true.

The shipped minds are put into rooms that they have never seen; their nets do not learn there. From moments of such a
life random plans are imagined, and are also acted out in the world, each from the same snapshot. Imagination and truth
are compared in how far the toys move, which has nothing to do with the mind, and in what a plan costs the mind: nearly
all of it is disagreement. Controls: an untrained mind, compared with the same truth, and persistence (everything stays
as it is).
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
from studies import SHIPPED_MINDS
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

STEPS = 10  # moments at which plans are compared
MEASURES = {"cost": "cost", "toys": "movement of toys"}


@dataclass(frozen=True)
class Foresight:
    """What was measured in one room.

    Attributes:
        cost: Rank correlation of imagined and true cost, one for each moment, by ``"mind"`` and ``"untrained"``.
        toys: The same of how far toys move; none for moments at which no plan moves any.
        error: (HORIZON,) squared error of things and body as a share of persistence's, by the same, each in the
            mind's own units of typical change.
        example: Imagined and true costs of the plans of the last moment, (2, PLANS).
    """

    cost: dict[str, list[float]]
    toys: dict[str, list[float]]
    error: dict[str, Floats]
    example: Floats


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the number of moments at which plans are compared. See the package."""
    jobs = [(mind, seed) for mind in SHIPPED_MINDS for seed in seeds]
    found = run_jobs(partial(_room, moments=steps), jobs, progress, out / "jobs")
    rooms = {mind: [found[mind, seed] for seed in seeds] for mind in SHIPPED_MINDS}
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for mind in SHIPPED_MINDS:
        for which, group in (("mind", metrics), ("untrained", controls)):
            for measure, words in MEASURES.items():
                each = [getattr(room, measure)[which] for room in rooms[mind]]
                values = [float(np.mean(moments)) if moments else float("nan") for moments in each]
                unit = f"rank correlation of imagined and true {words}, {PLANS} plans"
                group[f"{mind}/plans/{measure}"] = metric(values, unit, "higher", (-1.0, 1.0), "no plan moved a toy")
            for ahead in AT:
                ratios = (float(room.error[which][ahead - 1]) for room in rooms[mind])
                unit = f"times the error of persistence, {ahead} steps ahead"
                group[f"{mind}/error/{ahead}_over_persistence"] = metric(ratios, unit, "lower", (0.0, np.inf))
    return save_result("foresight", out, seeds, steps, metrics, {"untrained": controls}, _draw(rooms))


def _room(name: str, seed: int, moments: int) -> Foresight:
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    mind = Mind.load(name)
    mind.begin_episode()
    minds = {"mind": mind, "untrained": Mind.born(world, seed=seed)}
    generator = torch.Generator().manual_seed(seed)
    cost: dict[str, list[float]] = {which: [] for which in minds}
    toys: dict[str, list[float]] = {which: [] for which in minds}
    errors = {which: np.zeros((2, HORIZON)) for which in minds}
    for _ in range(moments):
        for _ in live(world, mind, APART, learn=False):
            pass
        plans = random_plans(mind.actions, generator)
        real = act_out(world, plans)
        compared = {which: compare_plans(one, plans, real) for which, one in minds.items()}
        truth = compared["mind"]
        example = np.stack([truth.imagined_cost, truth.true_cost])
        for which, found in compared.items():
            errors[which] += found.error, found.persistence_error
            cost[which].append(float(spearmanr(found.imagined_cost, truth.true_cost).statistic))
            if np.ptp(truth.true_distance) > LEAST_SPREAD:
                toys[which].append(float(spearmanr(found.imagined_distance, truth.true_distance).statistic))
    error = {which: imagined / persistence for which, (imagined, persistence) in errors.items()}
    return Foresight(cost, toys, error, example)


def _draw(rooms: dict[str, list[Foresight]]) -> Figure:
    figure, [axes] = subplots(1, 2)
    colors = dict(zip(SHIPPED_MINDS, ("tab:orange", "tab:blue"), strict=True))
    for mind, color in colors.items():
        imagined, true = rooms[mind][0].example
        axes[0].scatter(imagined, true, s=14, color=color, label=mind)
    title = f"{PLANS} random plans of one moment of each"
    axes[0].set(title=title, xlabel="imagined cost", ylabel="cost on the real path")
    ahead = np.arange(1, HORIZON + 1)
    shown = [(mind, "mind", colors[mind], mind) for mind in SHIPPED_MINDS]
    for mind, which, color, label in (*shown, (SHIPPED_MINDS[0], "untrained", "tab:gray", "untrained")):
        plot_curves(axes[1], ahead, [room.error[which] for room in rooms[mind]], color, label)
    axes[1].axhline(1.0, color="black", lw=0.8, ls=":")
    axes[1].set(title="error of imagination", xlabel="control steps ahead", ylabel="of persistence", ylim=(0, 2))
    for axis in axes:
        axis.legend(frameon=False)
    return figure
