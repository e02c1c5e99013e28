"""A mind foresees: what it imagines of plans comes true, and it fears before it is hurt.

The shipped kitten lives in rooms that it has never seen, without learning there. From moments of that life random
plans are imagined, and are also acted out in the world, each from the same snapshot. Controls: an untrained mind, and
persistence (everything stays as it is). Fear is what the critic says about a body that others move at random; its
control is the distance to the hot plate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import mannwhitneyu, spearmanr
from torch import Tensor

import worlds
from agent import Mind, live
from agent.babble import babbling
from agent.configurator import attend, tokens
from agent.perception import THING, Senses
from agent.planners import colored_noise
from agent.world_model import Rollout
from studies.lives import Progress, metric, side_by_side, versions
from worlds import Place, World

STEPS = 10  # moments at which plans are compared
APART = 40  # control steps between them
PLANS, HORIZON = 64, 14
AT = (1, 5, 14)  # steps ahead
SOON = (5, 20)  # steps ahead within which it is hurt
MOVED = 1500  # control steps of the body that is moved at random
LEFT_ALONE = 25  # of them, before it is put somewhere else
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Foresight:
    """What was measured in one room.

    Attributes:
        correlation: By mind, one rank correlation of planned and true cost for each moment.
        error: By mind, (HORIZON,) squared error of things and body as a share of persistence's, each in the mind's
            own units of typical change.
        example: Planned and true costs of the plans of the last moment, (2, PLANS).
        auroc: By what foretells pain and how soon, such as ``"critic 5"``.
    """

    correlation: dict[str, list[float]]
    error: dict[str, Floats]
    example: Floats
    auroc: dict[str, float]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` counts the moments of a life at which plans are compared."""
    found = side_by_side(partial(_room, moments=steps), [("kitten", seed) for seed in seeds], progress)
    rooms = list(found.values())
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for mind, group in (("kitten", metrics), ("untrained", controls)):
        values = (float(np.mean(room.correlation[mind])) for room in rooms)
        group["plans/rank_correlation"] = metric(values, f"planned against true cost of {PLANS} plans", "higher")
        for ahead in AT:
            ratios = (float(room.error[mind][ahead - 1]) for room in rooms)
            group[f"error/{ahead}_over_persistence"] = metric(ratios, f"of persistence, {ahead} steps ahead", "lower")
    for soon in SOON:
        for name, group in (("critic", metrics), ("distance", controls)):
            values = (room.auroc[f"{name} {soon}"] for room in rooms if f"{name} {soon}" in room.auroc)
            group[f"fear/auroc_{soon}"] = metric(values, f"AUROC of pain within {soon} steps", "higher")
    _draw(rooms, metrics, controls, out / "figure.png")
    return {
        "study": "foresight",
        "seeds": list(seeds),
        "steps": steps,
        "metrics": metrics,
        "controls": {"untrained, or distance to the plate": controls},
        "versions": versions(),
    }


def _room(name: str, seed: int, moments: int) -> Foresight:
    world = worlds.make("playroom", seed=seed, film=1)
    kitten = Mind.load(name)
    kitten.begin_episode()
    minds = {"kitten": kitten, "untrained": Mind.born(world, seed=seed)}
    generator = torch.Generator().manual_seed(seed)
    correlation: dict[str, list[float]] = {who: [] for who in minds}
    errors = {who: np.zeros((2, HORIZON)) for who in minds}
    for _ in range(moments):
        for _ in live(world, kitten, APART, learn=False):
            pass
        noise = colored_noise(2.5, HORIZON, (PLANS, kitten.actions), generator)
        plans = (0.6 * noise).clamp(-1, 1)
        real = acted_out(world, plans)
        for who, mind in minds.items():
            planned, true, off, still = compare(mind, plans, real)
            correlation[who].append(float(spearmanr(planned, true).statistic))
            errors[who] += off, still
            if who == "kitten":
                example = np.stack([planned, true])
    error = {who: off / still for who, (off, still) in errors.items()}
    return Foresight(correlation, error, example, fears(kitten, world, seed))


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


@torch.no_grad()
def compare(mind: Mind, plans: Tensor, real: Senses) -> tuple[Floats, Floats, Floats, Floats]:
    """Imagines plans (T, B, A) whose real senses (T + 1, B, ...) are known.

    Returns:
        What the plans would cost by imagination and what they cost on the real path, (B,) each, by the mind's own
        weights and without the critic; squared error of imagination and of persistence, (T,) each.
    """
    model, weights = mind.world_model, mind.mixture.weights
    now = {name: value[0, 0] for name, value in real.items()}
    attended = attend(now, mind.config.attend)
    path = tokens(mind.perception(real), attended.expand(*plans.shape[:2], -1)[:1].expand(len(plans) + 1, -1, -1))
    judged = mind.actor.judge(path[0, 0], plans, now, attended)
    looks = mind.perception.appearance(real)[..., attended, :]
    mean = torch.stack(
        [model(path[t], plans[t], model.sight(path[t], looks[t])) for t in range(len(plans))], 1
    )
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

    return planned.numpy(), true.numpy(), off(judged.rollout.latent[1:]), off(path[:1])


@torch.no_grad()
def fears(mind: Mind, world: World, seed: int) -> dict[str, float]:
    """Moves a body at random, and returns how well the critic, and the distance to the plate, foretell its pain.

    Now and then it is put somewhere near the plate, or most lives at random would never come to it.
    """
    pain, plate, chance = mind.drives.index("pain"), world.things.index("hot plate"), np.random.default_rng(seed)
    hurt, fear, near = [], [], []
    for step, action in enumerate(babbling(mind.actions, MOVED, seed)):
        if step % LEFT_ALONE == 0:
            angle, far = chance.uniform(-np.pi, np.pi), chance.uniform(0.4, 1.5)
            at = world.observe()["things"][plate, :2] + far * np.array([np.cos(angle), np.sin(angle)])
            world.apply(Place("kitten", (float(at[0]), float(at[1]))))
        obs = world.observe()
        senses = {name: torch.from_numpy(obs[name]) for name in ("body", "touch", "things", "vitals")}
        attended = attend(senses, mind.config.attend)
        latent = tokens(mind.perception(senses), attended)[None]
        sight = mind.world_model.sight(latent, mind.perception.appearance(senses)[attended][None])
        fear.append(float(mind.critic.expect(sight)[0, pain]))
        near.append(-float((senses["things"][plate, :2] - senses["body"][:2]).norm()))
        hurt.append(bool(world.step(action)[0]["vitals"][1] > 0.0))
    world.close()
    found = {}
    for soon in SOON:
        # A look ahead ends where the body is put somewhere else; what is hurt already is not foretold.
        whole = [t for t in range(len(hurt)) if t % LEFT_ALONE + soon <= LEFT_ALONE and not (t and hurt[t - 1])]
        ahead = np.array([any(hurt[t : t + soon]) for t in whole])
        if ahead.any() and not ahead.all():
            for name, told in (("critic", fear), ("distance", near)):
                found[f"{name} {soon}"] = auroc(np.array(told)[whole], ahead)
    return found


def auroc(score: Floats, label: npt.NDArray[np.bool_]) -> float:
    """Returns the chance that a score is higher where the label is true than where it is not."""
    return float(mannwhitneyu(score[label], score[~label]).statistic / (label.sum() * (~label).sum()))


def _draw(rooms: list[Foresight], metrics: dict[str, Any], controls: dict[str, Any], path: Path) -> None:
    fig, axes = plt.subplots(1, 3, figsize=(14, 4), layout="constrained")
    planned, true = rooms[0].example
    axes[0].scatter(planned, true, s=14, color="tab:orange")
    axes[0].set(title="64 random plans of one moment", xlabel="imagined cost", ylabel="cost when acted out")
    ahead = np.arange(1, HORIZON + 1)
    for who, color in (("kitten", "tab:orange"), ("untrained", "tab:gray")):
        curves = np.stack([room.error[who] for room in rooms])
        axes[1].plot(ahead, curves.mean(0), color=color, label=who)
        axes[1].fill_between(ahead, curves.min(0), curves.max(0), color=color, alpha=0.15)
    axes[1].axhline(1.0, color="black", lw=0.8, ls=":")
    axes[1].set(title="error of imagination", xlabel="control steps ahead", ylabel="of persistence", ylim=(0, 2))
    axes[1].legend(frameon=False)
    for i, soon in enumerate(SOON):
        for j, (name, group, color) in enumerate(
            (("critic", metrics, "tab:red"), ("distance to the plate", controls, "tab:gray"))
        ):
            found = group[f"fear/auroc_{soon}"]
            low, high = (abs(found["value"] - edge) for edge in found["ci95"])
            label = name if i == 0 else None
            axes[2].bar(i + 0.4 * j, found["value"], 0.35, yerr=[[low], [high]], color=color, label=label)
    axes[2].set(title="pain foretold", ylabel="AUROC", ylim=(0.4, 1.15), xticks=[0.2, 1.2])
    axes[2].axhline(0.5, color="black", lw=0.8, ls=":")
    axes[2].set_xticklabels([f"within {soon} steps" for soon in SOON])
    axes[2].legend(frameon=False, loc="upper right")
    fig.savefig(path, dpi=110)
    plt.close(fig)
