"""Latents do not collapse: how much they tell and how many directions they use, by what keeps them apart.

One recorded life a seed, of a body that goes from thing to thing; newborn minds that differ in their regulariser alone
learn from it side by side. Measured on the last part of that life, which no probe was fitted on: the effective rank and
spread of the learned latents, and what a linear probe reads off them: of the body what it feels (joints, vitals,
touch), of things what they look like. Where things are is sensed explicitly, and is probed off whole tokens. Controls:
no regulariser, and an untrained mind.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import worlds
from agent import Mind, MindConfig
from agent.perception.encoder import Senses
from housecat.core.obs_layout import BODY
from studies.common.datasets import SENSES, Arrays, record
from studies.common.lives import metric, result
from studies.common.probes import directions, rank, share_told
from studies.common.runner import Progress, side_by_side

STEPS = 3000  # of the recorded life
LEARNT = 500  # control steps' worth of learning
VARIANTS: dict[str, dict[str, Any]] = {
    "vicreg": {},
    "vicreg without inverse dynamics": {"inverse": 0.0},
    "barlow": {"regularizer": "barlow"},
    "sigreg": {"regularizer": "sigreg"},
    "infonce": {"regularizer": "infonce"},
    "none": {"regularizer": "none", "inverse": 0.0},
    "untrained": {"updates": 0},
}
CONTROLS = "none", "untrained"
MEASURES = {
    "body/rank": ("effective rank of the body's learned latents", "higher"),
    "body/directions": ("directions of the body's learned latents that are alive", "higher"),
    "body/spread": ("mean standard deviation of the body's learned latents", "higher"),
    "body/feel": ("R2 of what the body feels, off its learned latents", "higher"),
    "things/rank": ("effective rank of the things' learned latents", "higher"),
    "things/looks": ("R2 of what things look like, off their learned latents", "higher"),
    "things/position": ("R2 of where things are, off their tokens", "higher"),
}


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Records, learns, probes and draws; `steps` is the length of the recorded life."""
    found = side_by_side(partial(_lives, steps=steps), [("all", seed) for seed in seeds], progress, out / "lives")
    groups: dict[str, dict[str, Any]] = {}
    for variant in VARIANTS:
        groups[variant] = {
            name: metric((found["all", seed][variant][name] for seed in seeds), unit, better)  # type: ignore[arg-type]
            for name, (unit, better) in MEASURES.items()
        }
    _draw(groups, out / "figure.png")
    metrics = {
        f"{variant}/{name}": value
        for variant, group in groups.items()
        if variant not in CONTROLS
        for name, value in group.items()
    }
    return result("collapse", seeds, steps, metrics, {variant: groups[variant] for variant in CONTROLS})


def _lives(_: str, seed: int, steps: int) -> dict[str, dict[str, float]]:
    life = record(seed, steps)
    return {variant: measured(taught(life, seed, change, LEARNT), life) for variant, change in VARIANTS.items()}


def taught(life: Arrays, seed: int, change: dict[str, Any], learnt: int = LEARNT, **room: Any) -> Mind:
    """Returns a newborn that remembers the first part of a life, and has learnt from it as in so many control steps.

    Args:
        life: As of `studies.common.datasets.record`.
        seed: Of the mind.
        change: Settings, where other than the defaults.
        learnt: Control steps' worth of learning.
        **room: Options of the room that the life was recorded in.
    """
    config = MindConfig.from_json({**MindConfig().to_json(), **change})
    world = worlds.make("playroom", seed=seed, frames_per_step=1, **room)
    mind = Mind.born(world, seed=seed, config=config)
    world.close()
    names = [name for name, shape in mind.shapes.items() if name in life and 0 not in shape]
    rest = {name: torch.zeros(shape) for name, shape in mind.shapes.items() if name not in names}
    moments: list[Senses] = []
    for t in range(int(0.7 * len(life["action"])) + 1):
        moments.append(rest | {name: torch.from_numpy(life[name][t]) for name in names})
    for before, after, action in zip(moments, moments[1:], torch.from_numpy(life["action"]), strict=False):
        mind.perception.observe(before, after)
        mind.memory.add(before, action, after, {})
    for _ in range(learnt):
        mind.learn()
    return mind


@torch.no_grad()
def measured(mind: Mind, life: Arrays) -> dict[str, float]:
    """Returns the measures of a mind's latents of a life."""
    senses = {name: torch.from_numpy(life[name]) for name in SENSES}
    tokens = mind.perception(senses).numpy()  # (T + 1, 1 + K, Z)
    learned = tokens[..., mind.perception.where :]
    feel = np.concatenate([life["body"][:, BODY.proprioception], life["vitals"], np.log1p(life["touch"])], -1)
    looks = mind.perception.appearance(senses).numpy()
    things = learned[:, 1:].reshape(-1, learned.shape[-1])
    return {
        "body/rank": rank(learned[:, 0]),
        "body/directions": float(directions(learned[:, 0])),
        "body/spread": float(learned[:, 0].std(0).mean()),
        "body/feel": share_told(learned[:, 0], feel),
        "things/rank": rank(things),
        "things/looks": share_told(learned[:, 1:], looks),
        "things/position": share_told(tokens[:, 1:], life["toys"][..., :2]),
    }


def _draw(groups: dict[str, dict[str, Any]], path: Path) -> None:
    fig, axes = plt.subplots(1, len(MEASURES), figsize=(18, 3.6), layout="constrained", sharey=True)
    for axis, name in zip(axes, MEASURES, strict=True):
        for i, (variant, group) in enumerate(groups.items()):
            found = group[name]
            low, high = (abs(found["value"] - edge) for edge in found["ci95"])
            color = "tab:gray" if variant in CONTROLS else "tab:orange"
            axis.barh(i, found["value"], xerr=[[low], [high]], color=color)
        axis.set(title=name, yticks=range(len(groups)), xlim=(min(0.0, axis.get_xlim()[0]), None))
        axis.set_yticklabels(list(groups))
    axes[0].invert_yaxis()
    fig.savefig(path, dpi=110)
    plt.close(fig)
