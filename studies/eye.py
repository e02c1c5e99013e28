"""Does an eye alone tell where one is, and where the toys are? What a linear probe reads off the latents of pictures.

One recorded life a seed, of a body that goes from thing to thing and sees; minds with no sense but body and eye learn
from its first part. A picture's latents are probed on the last part for the own place in the room, the direction looked
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

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from agent import Mind
from agent.runtime import keep_freed_memory
from agent.world_model.image_model import Retina, SeeingPerception
from studies.collapse import taught
from studies.common.datasets import Arrays, record
from studies.common.lives import metric, result
from studies.common.probes import TRAINED, directions, rank, share_told
from studies.common.runner import Progress, side_by_side
from worlds.bodies.kitten import Kitten

STEPS = 20_000  # pictures
LEARNT = 2400  # updates, of encoder and predictor
BUDGET = {"updates": 1}  # per control step: the encoder takes one step per control step in any case
SENSES = ("body", "eye")
VARIANTS: dict[str, dict[str, Any]] = {
    "eye": {},
    "eye, no pose": {"pose": 0.0},
    "none": {"regularizer": "none", "inverse": 0.0, "pose": 0.0},
    "untrained": {"updates": 0},
}
CONTROLS = "none", "untrained", "pixels", "ceiling"
MEASURES = {
    "place": "R2 of the own place",
    "gaze": "R2 of the direction looked at",
    "nearest": "R2 of the bearing of the nearest toy",
    "in_view": "R2 of the bearing of the nearest toy in view",
    "rank": "effective rank",
    "directions": "directions that are alive",
}
FIELD = np.pi / 4  # half the field of view (rad)
HEAD_AT, EYE_AT = 0.12, 0.10  # the head before the body, and the eye before the head (m)
HEAD = Kitten.readings.index("head")
TOYS = 6
Floats = npt.NDArray[np.floating]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Records, learns, probes and draws; `steps` is the number of pictures."""
    found = side_by_side(partial(_lives, steps=steps), [("all", s) for s in seeds], progress, out / "lives")
    each = [found["all", seed] for seed in seeds]
    groups: dict[str, dict[str, Any]] = {
        who: {name: metric((it[who][name] for it in each), unit, "higher") for name, unit in MEASURES.items()}
        for who in each[0]
    }
    _draw(groups, out / "figure.png")
    return result(
        "eye",
        seeds,
        steps,
        {f"{w}/{name}": it for w, group in groups.items() if w not in CONTROLS for name, it in group.items()},
        {who: groups[who] for who in CONTROLS},
    )


def _lives(_: str, seed: int, steps: int) -> dict[str, dict[str, float]]:
    return probed(record(seed, steps, SENSES), seed, LEARNT)


def probed(life: Arrays, seed: int, learnt: int = LEARNT, who: tuple[str, ...] = ()) -> dict[str, dict[str, float]]:
    """Returns the measures by variant and control, of all or some of them."""
    keep_freed_memory()
    truth, found = truths(life), {}
    for name, change in VARIANTS.items():
        if not who or name in who:
            mind = taught(life, seed, BUDGET | change, learnt, senses=SENSES)
            found[name] = measured(latents(mind, life), truth)
    if not who or "pixels" in who:
        found["pixels"] = measured(components(life["eye"], 104), truth)
    if not who or "ceiling" in who:
        found["ceiling"] = measured(answered(life, truth, seed, learnt), truth)
    return found


def truths(life: Arrays) -> dict[str, Floats]:
    """Returns what is probed for, (T, F) each; nan where no toy is in view."""
    heading = life["heading"]
    gaze = heading + life["body"][:, HEAD]
    ahead, looked = (np.stack([np.cos(angle), np.sin(angle)], 1) for angle in (heading, gaze))
    eye = life["position"] + HEAD_AT * ahead + EYE_AT * looked
    off = life["toys"][:, :TOYS, :2] - eye[:, None]
    far = np.linalg.norm(off, axis=-1)
    bearing = (np.arctan2(off[..., 1], off[..., 0]) - gaze[:, None] + np.pi) % (2 * np.pi) - np.pi
    row = np.arange(len(far))
    nearest = bearing[row, far.argmin(1)]
    seen = np.where(np.abs(bearing) < FIELD, far, np.inf)
    shown = np.where(np.isfinite(seen.min(1)), bearing[row, seen.argmin(1)], np.nan)
    return {
        "place": life["position"],
        "gaze": looked,
        "nearest": np.stack([np.cos(nearest), np.sin(nearest)], 1),
        "in_view": shown[:, None],
    }


def measured(latent: Floats, truth: dict[str, Floats]) -> dict[str, float]:
    """Returns what a linear probe reads off latents (T, Z), and how many directions they use."""
    return {name: share_told(latent, it) for name, it in truth.items()} | {
        "rank": rank(latent),
        "directions": float(directions(latent)),
    }


@torch.no_grad()
def latents(mind: Mind, life: Arrays) -> Floats:
    """Returns the latents of pictures, (T, M Z)."""
    perception = mind.perception
    assert isinstance(perception, SeeingPerception)
    pictures = torch.from_numpy(life["eye"])
    return torch.cat([perception.look({"eye": some}).flatten(1) for some in torch.split(pictures, 500)]).numpy()


def components(pictures: npt.NDArray[np.uint8], size: int) -> Floats:
    """Returns the first principal components of pictures, at half their resolution."""
    half = pictures.reshape(len(pictures), 42, 2, 42, 2, 3).mean((2, 4), dtype=np.float32).reshape(len(pictures), -1)
    half -= half.mean(0)
    some = torch.from_numpy(half[: int(TRAINED * len(half)) : 5])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        axes = torch.pca_lowrank(some, min(size, len(some)), center=False)[2]
    found: Floats = half @ axes.numpy()
    return found


def answered(life: Arrays, truth: dict[str, Floats], seed: int, updates: int) -> Floats:
    """Returns the latents of an encoder that was trained on the answers, by the same number of updates."""
    goal = np.concatenate(list(truth.values()), 1)
    known = np.isfinite(goal)
    standard = np.where(known, (goal - np.nanmean(goal, 0)) / np.nanstd(goal, 0), 0.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        retina, probe = Retina(4, 26, 84), nn.Linear(104, goal.shape[1])
    optimizer = torch.optim.Adam([*retina.parameters(), *probe.parameters()], lr=1e-3, fused=True)
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.from_numpy(life["eye"])
    answers, counted = torch.from_numpy(standard).float(), torch.from_numpy(known).float()

    def see(some: Tensor) -> Tensor:
        tokens: Tensor = retina(some)
        return tokens.flatten(1)

    for _ in range(updates):
        pick = torch.randint(int(TRAINED * len(pictures)), (64,), generator=generator)
        loss = ((probe(see(pictures[pick])) - answers[pick]).square() * counted[pick]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return torch.cat([see(some) for some in torch.split(pictures, 500)]).numpy()


def _draw(groups: dict[str, dict[str, Any]], path: Path) -> None:
    shown = list(MEASURES)[:4]
    fig, axes = plt.subplots(1, len(shown), figsize=(15, 3.6), layout="constrained", sharey=True)
    for axis, name in zip(axes, shown, strict=True):
        for i, (who, group) in enumerate(groups.items()):
            found = group[name]
            low, high = (abs(found["value"] - edge) for edge in found["ci95"])
            axis.barh(i, found["value"], xerr=[[low], [high]], color="tab:gray" if who in CONTROLS else "tab:orange")
        axis.set(title=MEASURES[name], yticks=range(len(groups)), xlim=(min(0.0, axis.get_xlim()[0]), 1.0))
        axis.set_yticklabels(list(groups))
    axes[0].invert_yaxis()
    fig.savefig(path, dpi=110)
    plt.close(fig)
