"""A mind foresees: what it imagines of plans comes true.

The shipped minds live in rooms that they have never seen; their nets do not learn there. From moments of such a life
random plans are imagined, and are also acted out in the world, each from the same snapshot. By imagination and in truth
it is told how far the toys move, which has nothing to do with the mind, and what a plan costs, of which the mind is the
judge: nearly all of it is disagreement. Controls: an untrained mind, held against the same truth, and persistence
(everything stays as it is).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

from housecat.core.obs_layout import THINGS

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import spearmanr
from torch import Tensor

import worlds
from agent import Mind, live
from agent.actor.planners import colored_noise
from agent.perception.attention import attend, tokens
from agent.perception.encoder import THING, Senses
from agent.world_model.rollout import Rollout
from studies.common.lives import MINDS, metric, result
from studies.common.runner import Progress, side_by_side
from worlds import World

STEPS = 10  # moments at which plans are compared
MOVES = 0.05  # metres by which plans must differ in how far they move things, to be ranked by it
APART = 40  # control steps between them
PLANS, HORIZON = 64, 14
AT = (1, 5, 14)  # steps ahead
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Foresight:
    """What was measured in one room.

    Attributes:
        cost, toys: Of the mind and of an untrained one, one rank correlation for each moment, of planned and true cost,
            and of how far toys move; none for moments at which no plan moves any.
        error: Of both, (HORIZON,) squared error of things and body as a share of persistence's, each in the mind's
            own units of typical change.
        example: Planned and true costs of the plans of the last moment, (2, PLANS).
    """

    cost: dict[str, list[float]]
    toys: dict[str, list[float]]
    error: dict[str, Floats]
    example: Floats


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` counts the moments of a life at which plans are compared."""
    lives = [(name, seed) for name in MINDS for seed in seeds]
    found = side_by_side(partial(_room, moments=steps), lives, progress, out / "lives")
    rooms = {name: [found[name, seed] for seed in seeds] for name in MINDS}
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for name in MINDS:
        for who, group in (("mind", metrics), ("untrained", controls)):
            for what, told in (("cost", "cost"), ("toys", "movement of toys")):
                values = [float(np.mean(each)) for room in rooms[name] if (each := getattr(room, what)[who])]
                if values:
                    unit = f"rank correlation of planned and true {told}, {PLANS} plans"
                    group[f"{name}/plans/{what}"] = metric(values, unit, "higher")
            for ahead in AT:
                ratios = (float(room.error[who][ahead - 1]) for room in rooms[name])
                unit = f"of persistence, {ahead} steps ahead"
                group[f"{name}/error/{ahead}_over_persistence"] = metric(ratios, unit, "lower")
    _draw(rooms, out / "figure.png")
    return result("foresight", seeds, steps, metrics, {"untrained, beside each": controls})


def _room(name: str, seed: int, moments: int) -> Foresight:
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    mind = Mind.load(name)
    mind.begin_episode()
    minds = {"mind": mind, "untrained": Mind.born(world, seed=seed)}
    generator = torch.Generator().manual_seed(seed)
    cost: dict[str, list[float]] = {who: [] for who in minds}
    toys: dict[str, list[float]] = {who: [] for who in minds}
    errors = {who: np.zeros((2, HORIZON)) for who in minds}
    for _ in range(moments):
        for _ in live(world, mind, APART, learn=False):
            pass
        noise = colored_noise(2.5, HORIZON, (PLANS, mind.actions), generator)
        plans = (0.6 * noise).clamp(-1, 1)
        real = acted_out(world, plans)
        compared = {who: compare(one, plans, real) for who, one in minds.items()}
        truth = compared["mind"]
        example = np.stack([truth.planned, truth.true])
        for who, it in compared.items():
            errors[who] += it.off, it.still
            cost[who].append(float(spearmanr(it.planned, truth.true).statistic))
            if np.ptp(truth.moved) > MOVES:
                toys[who].append(float(spearmanr(it.moves, truth.moved).statistic))
    error = {who: off / still for who, (off, still) in errors.items()}
    return Foresight(cost, toys, error, example)


def acted_out(world: World, plans: Tensor) -> Senses:
    """Acts plans (T, B, A) out, each from how the world is now, and returns the senses (T + 1, B, ...)."""
    now, snapshot = world.observe(), world.snapshot()
    lives = []
    for plan in plans.unbind(1):
        world.restore(snapshot)
        lives.append([now, *(world.step(action.numpy())[0] for action in plan)])
    world.restore(snapshot)
    return {
        name: torch.from_numpy(np.stack([[obs[name] for obs in life] for life in lives], 1).astype(np.float32))
        for name in now
    }


@dataclass(frozen=True)
class Compared:
    """Plans as imagined and as they came out.

    Attributes:
        planned, true: (B,) what they cost by imagination and on the real path, to the mind, without the critic.
        moves, moved: (B,) how far (m) all things together move by imagination, and moved.
        off, still: (T,) squared error of imagination and of persistence.
    """

    planned: Floats
    true: Floats
    moves: Floats
    moved: Floats
    off: Floats
    still: Floats


@torch.no_grad()
def compare(mind: Mind, plans: Tensor, real: Senses) -> Compared:
    """Imagines plans (T, B, A) whose real senses (T + 1, B, ...) are known."""
    model, weights = mind.world_model, mind.mixture.weights
    now = {name: value[0, 0] for name, value in real.items()}
    attended = attend(now, mind.config.attend)
    path = tokens(mind.perception(real), attended.expand(*plans.shape[:2], -1)[:1].expand(len(plans) + 1, -1, -1))
    judged = mind.actor.judge(path[0, 0], plans, now, attended)
    looks = mind.perception.appearance(real)[..., attended, :]
    mean = torch.stack([model(path[t], plans[t], model.sight(path[t], looks[t])) for t in range(len(plans))], 1)
    costs = mind.mixture.costs(Rollout(path, plans, mean, real, attended, False).view())
    planned, true = (
        sum((weights[name] * cost.sum(0) for name, cost in group.items()), torch.zeros(plans.shape[1]))
        for group in (judged.costs, costs)
    )
    size = mind.perception.where

    def off(imagined: Tensor) -> Floats:
        square = (imagined - path[1:]).square()
        body, things = square[:, :, 0, :size], square[:, :, 1:, :THING]
        total: Floats = (body.sum(-1) + things.sum((-2, -1))).mean(1).double().numpy()
        return total

    moves, moved = (
        senses["things"][..., THINGS.position_xy].diff(dim=0).norm(dim=-1).sum((0, 2)).double().numpy()
        for senses in (judged.rollout.senses, real)
    )
    imagined, still = off(judged.rollout.latent[1:]), off(path[:1])
    return Compared(planned.double().numpy(), true.double().numpy(), moves, moved, imagined, still)


def _draw(rooms: dict[str, list[Foresight]], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    colors = dict(zip(MINDS, ("tab:orange", "tab:blue"), strict=True))
    for name, color in colors.items():
        planned, true = rooms[name][0].example
        axes[0].scatter(planned, true, s=14, color=color, label=name)
    axes[0].set(title="64 random plans of one moment of each", xlabel="imagined cost", ylabel="cost on the real path")
    ahead = np.arange(1, HORIZON + 1)
    shown = [(name, "mind", colors[name], name) for name in MINDS] + [(MINDS[0], "untrained", "tab:gray", "untrained")]
    for name, who, color, label in shown:
        curves = np.stack([room.error[who] for room in rooms[name]])
        axes[1].plot(ahead, curves.mean(0), color=color, label=label)
        axes[1].fill_between(ahead, curves.min(0), curves.max(0), color=color, alpha=0.15)
    axes[1].axhline(1.0, color="black", lw=0.8, ls=":")
    axes[1].set(title="error of imagination", xlabel="control steps ahead", ylabel="of persistence", ylim=(0, 2))
    for axis in axes:
        axis.legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
