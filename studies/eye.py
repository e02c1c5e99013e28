"""An eye alone tells where one is and where one looks: linear probes of picture latents.

One recording a seed, of a body that goes from thing to thing and sees; minds with no sense but body and eye learn from
its first part. A picture's latents are probed on the last part for the own place in the room, the direction looked
at, and the bearing of the nearest toy: of all toys, and of those in the field of view. The body's own tokens, which
sense the place, are not among what is probed. Controls: the encoder untrained, held apart by nothing, and the principal
components of the pixels, as many as there are latents. A mind that sees is asked for its pose, which it senses, as a
blank to fill in from the picture; ``eye, no pose`` is not. ``ceiling`` is the same encoder trained on the answers: what
such a net can tell from one picture at all.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from agent import Mind
from agent.world_model.image_model import ImageEncoder, ImageTokenEncoder
from studies.common.datasets import TOYS, Recording, record_play, train_on
from studies.common.plotting import plot_metrics, subplots
from studies.common.probes import TRAINED, active_directions, effective_rank, mean_probe_r2
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import metric
from worlds.bodies.kitten import Kitten

STEPS = 20_000  # pictures
UPDATES = 2400  # updates, of encoder and predictor
BUDGET = {"training.updates_per_step": 1}  # settings; the encoder takes one step per control step in any case
SENSES = ("body", "eye")
TOKENS, LATENTS, PIXELS = 4, 104, 84  # of the encoder: tokens, their sizes together, and side of a picture
VARIANTS: dict[str, dict[str, Any]] = {
    "eye": {},
    "eye, no pose": {"training.pose_weight": 0.0},
    "none": {"training.regularizer": "none", "training.inverse_weight": 0.0, "training.pose_weight": 0.0},
    "untrained": {"training.updates_per_step": 0},
}
CONTROLS = "none", "untrained", "pixels", "ceiling"
MEASURES = {
    "place": "R2 of the own place",
    "gaze": "R2 of the direction looked at",
    "nearest": "R2 of the bearing of the nearest toy",
    "in_view": "R2 of the bearing of the nearest toy in view",
    "rank": "effective rank",
    "directions": "active directions",
}
HALF_VIEW = np.pi / 4  # half the field of view (rad)
HEAD_OFFSET, EYE_OFFSET = 0.12, 0.10  # the head before the body, and the eye before the head (m)
HEAD = Kitten.readings.index("head")
Floats = npt.NDArray[np.floating]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the number of pictures. See the package for what it returns."""
    jobs = [("all variants", seed) for seed in seeds]
    found = run_jobs(partial(_measure_variants, steps=steps), jobs, progress, out / "jobs")
    groups = {
        variant: {
            name: metric((found[job][variant][name] for job in jobs), unit, "higher") for name, unit in MEASURES.items()
        }
        for variant in dict.fromkeys((*VARIANTS, *CONTROLS))
    }
    metrics = {
        f"{variant}/{name}": value
        for variant, group in groups.items()
        if variant not in CONTROLS
        for name, value in group.items()
    }
    controls = {variant: groups[variant] for variant in CONTROLS}
    return save_result("eye", out, seeds, steps, metrics, controls, _draw(groups))


def _measure_variants(_: str, seed: int, steps: int) -> dict[str, dict[str, float]]:
    recording = record_play(seed, steps, SENSES)
    truth, found = targets(recording), {}
    for name, settings in VARIANTS.items():
        mind = train_on(recording, seed, BUDGET | settings, UPDATES, senses=SENSES)
        found[name] = measure(latents(mind, recording), truth)
    found["pixels"] = measure(principal_components(recording["eye"], LATENTS), truth)
    found["ceiling"] = measure(supervised_latents(recording, truth, seed, UPDATES), truth)
    return found


def targets(recording: Recording) -> dict[str, Floats]:
    """Returns what is probed for, (T, F) each; nan where no toy is in view."""
    heading = recording["heading"]
    gaze = heading + recording["body"][:, HEAD]
    facing, looking = (np.stack([np.cos(angle), np.sin(angle)], 1) for angle in (heading, gaze))
    eye = recording["position"] + HEAD_OFFSET * facing + EYE_OFFSET * looking
    offset = recording["toys"][:, :TOYS, :2] - eye[:, None]
    distance = np.linalg.norm(offset, axis=-1)
    bearing = (np.arctan2(offset[..., 1], offset[..., 0]) - gaze[:, None] + np.pi) % (2 * np.pi) - np.pi
    row = np.arange(len(distance))
    nearest = bearing[row, distance.argmin(1)]
    visible = np.where(np.abs(bearing) < HALF_VIEW, distance, np.inf)
    nearest_visible = np.where(np.isfinite(visible.min(1)), bearing[row, visible.argmin(1)], np.nan)
    return {
        "place": recording["position"],
        "gaze": looking,
        "nearest": np.stack([np.cos(nearest), np.sin(nearest)], 1),
        "in_view": nearest_visible[:, None],
    }


def measure(latent: Floats, truth: dict[str, Floats]) -> dict[str, float]:
    """Returns what a linear probe reads off latents (T, Z), and how many directions they use."""
    return {name: mean_probe_r2(latent, target) for name, target in truth.items()} | {
        "rank": effective_rank(latent),
        "directions": float(active_directions(latent)),
    }


@torch.no_grad()
def latents(mind: Mind, recording: Recording) -> Floats:
    """Returns the latents of the recorded pictures, (T, M Z)."""
    perception = mind.perception
    assert isinstance(perception, ImageTokenEncoder)
    pictures = torch.from_numpy(recording["eye"])
    return torch.cat(
        [perception.encode_image({"eye": batch}).flatten(1) for batch in torch.split(pictures, 500)]
    ).numpy()


def principal_components(pictures: npt.NDArray[np.uint8], size: int) -> Floats:
    """Returns the first principal components of pictures, at half their resolution."""
    half = pictures.reshape(len(pictures), 42, 2, 42, 2, 3).mean((2, 4), dtype=np.float32).reshape(len(pictures), -1)
    half -= half.mean(0)
    sample = torch.from_numpy(half[: int(TRAINED * len(half)) : 5])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        axes = torch.pca_lowrank(sample, min(size, len(sample)), center=False)[2]
    found: Floats = half @ axes.numpy()
    return found


def supervised_latents(recording: Recording, truth: dict[str, Floats], seed: int, updates: int) -> Floats:
    """Returns the latents of an encoder that was trained on the targets, by the same number of updates."""
    goal = np.concatenate(list(truth.values()), 1)
    known = np.isfinite(goal)
    standard = np.where(known, (goal - np.nanmean(goal, 0)) / np.nanstd(goal, 0), 0.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder, probe = ImageEncoder(TOKENS, LATENTS // TOKENS, PIXELS), nn.Linear(LATENTS, goal.shape[1])
    optimizer = torch.optim.Adam([*encoder.parameters(), *probe.parameters()], lr=1e-3, fused=True)
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.from_numpy(recording["eye"])
    labels, counted = torch.from_numpy(standard).float(), torch.from_numpy(known).float()

    def encode(batch: Tensor) -> Tensor:
        tokens: Tensor = encoder(batch)
        return tokens.flatten(1)

    for _ in range(updates):
        pick = torch.randint(int(TRAINED * len(pictures)), (64,), generator=generator)
        loss = ((probe(encode(pictures[pick])) - labels[pick]).square() * counted[pick]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return torch.cat([encode(batch) for batch in torch.split(pictures, 500)]).numpy()


def _draw(groups: dict[str, dict[str, dict[str, Any]]]) -> Figure:
    shown = [name for name in MEASURES if MEASURES[name].startswith("R2")]
    figure, [axes] = subplots(1, len(shown), (15, 3.6), sharey=True)
    for axis, name in zip(axes, shown, strict=True):
        plot_metrics(axis, {variant: group[name] for variant, group in groups.items()}, CONTROLS, horizontal=True)
        axis.set(title=MEASURES[name], xlim=(min(0.0, axis.get_xlim()[0]), 1.0))
    axes[0].invert_yaxis()
    return figure
