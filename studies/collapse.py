"""Latents do not collapse: how much they tell, and how many directions they use, by regulariser.

One recording a seed, of a body that goes from thing to thing; newborn minds that differ in their regulariser alone
learn from it. Measured on the last part of the recording, which no probe was fitted on: the effective rank and spread
of the learned latents, and what a linear probe reads off them: of the body what it feels (joints, vitals, touch), of
things what they look like. Where things are is sensed explicitly, and is probed off whole tokens. Controls: no
regulariser, and an untrained mind.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from matplotlib.figure import Figure

from agent import Mind
from housecat.core.obs_layout import BODY
from studies.common.datasets import SENSES, Recording, record_play, train_on
from studies.common.plotting import plot_metrics, subplots
from studies.common.probes import active_directions, effective_rank, mean_probe_r2
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import metric

STEPS = 3000  # of the recording
UPDATES = 500  # control steps' worth of learning
VARIANTS: dict[str, dict[str, Any]] = {
    "vicreg": {},
    "vicreg without inverse dynamics": {"training.inverse_weight": 0.0},
    "barlow": {"training.regularizer": "barlow"},
    "sigreg": {"training.regularizer": "sigreg"},
    "infonce": {"training.regularizer": "infonce"},
    "none": {"training.regularizer": "none", "training.inverse_weight": 0.0},
    "untrained": {"training.updates_per_step": 0},
}
CONTROLS = "none", "untrained"
MEASURES: dict[str, tuple[str, Literal["higher", "lower"]]] = {
    "body/rank": ("effective rank of the body's learned latents", "higher"),
    "body/directions": ("active directions of the body's learned latents", "higher"),
    "body/spread": ("mean standard deviation of the body's learned latents", "higher"),
    "body/feel": ("R2 of what the body feels, off its learned latents", "higher"),
    "things/rank": ("effective rank of the things' learned latents", "higher"),
    "things/looks": ("R2 of what things look like, off their learned latents", "higher"),
    "things/position": ("R2 of where things are, off their tokens", "higher"),
}


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of the recording. See the package for what it returns."""
    jobs = [("all variants", seed) for seed in seeds]
    found = run_jobs(partial(_measure_variants, steps=steps), jobs, progress, out / "jobs")
    groups = {
        variant: {
            name: metric((found[job][variant][name] for job in jobs), unit, better)
            for name, (unit, better) in MEASURES.items()
        }
        for variant in VARIANTS
    }
    metrics = {
        f"{variant}/{name}": value
        for variant, group in groups.items()
        if variant not in CONTROLS
        for name, value in group.items()
    }
    controls = {variant: groups[variant] for variant in CONTROLS}
    return save_result("collapse", out, seeds, steps, metrics, controls, _draw(groups))


def _measure_variants(_: str, seed: int, steps: int) -> dict[str, dict[str, float]]:
    recording = record_play(seed, steps)
    return {
        variant: measure(train_on(recording, seed, settings, UPDATES), recording)
        for variant, settings in VARIANTS.items()
    }


@torch.no_grad()
def measure(mind: Mind, recording: Recording) -> dict[str, float]:
    """Returns the measures of a mind's latents of a recording."""
    senses = {name: torch.from_numpy(recording[name]) for name in SENSES}
    tokens = mind.perception(senses).numpy()  # (T + 1, 1 + K, Z)
    learned = tokens[..., mind.perception.pose_size :]
    feel = np.concatenate(
        [recording["body"][:, BODY.proprioception], recording["vitals"], np.log1p(recording["touch"])], -1
    )
    looks = mind.perception.appearance(senses).numpy()
    things = learned[:, 1:].reshape(-1, learned.shape[-1])
    return {
        "body/rank": effective_rank(learned[:, 0]),
        "body/directions": float(active_directions(learned[:, 0])),
        "body/spread": float(learned[:, 0].std(0).mean()),
        "body/feel": mean_probe_r2(learned[:, 0], feel),
        "things/rank": effective_rank(things),
        "things/looks": mean_probe_r2(learned[:, 1:], looks),
        "things/position": mean_probe_r2(tokens[:, 1:], recording["toys"][..., :2]),
    }


def _draw(groups: dict[str, dict[str, dict[str, Any]]]) -> Figure:
    figure, [axes] = subplots(1, len(MEASURES), (18, 3.6), sharey=True)
    for axis, name in zip(axes, MEASURES, strict=True):
        plot_metrics(axis, {variant: group[name] for variant, group in groups.items()}, CONTROLS, horizontal=True)
        axis.set(title=name, xlim=(min(0.0, axis.get_xlim()[0]), None))
    axes[0].invert_yaxis()
    return figure
