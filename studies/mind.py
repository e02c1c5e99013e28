"""The whole mind, part by part: the studies of its foresight, fear, latents, beliefs, policy and more.

Runs them one after the other, each as `housecat study NAME` does and into a folder of its own, and
puts what they measured side by side. It takes hours, and may be stopped and gone on with, as any study. Controls and
their intervals are those of each part.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.image import imread

import studies
from studies.common.plotting import subplots
from studies.common.results import save_result
from studies.common.runner import Progress

PARTS = (
    *("foresight", "fear", "stove", "multistep_loss", "collapse"),
    *("eye", "object_permanence", "fork", "reflex", "hierarchy", "attention"),
)


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int | None = None, parts: tuple[str, ...] = PARTS
) -> dict[str, Any]:
    """Runs the parts and puts them together; `steps` is passed on to each, which has its own number otherwise."""
    options: dict[str, Any] = {} if steps is None else {"steps": steps}
    results = {}
    for i, part in enumerate(parts):
        part_progress = _part_progress(progress, i, len(parts), part)
        results[part] = studies.load(part)(seeds=seeds, out=out / part, progress=part_progress, **options)
    metrics = {f"{part}: {name}": found for part, r in results.items() for name, found in r["metrics"].items()}
    controls = {f"{part}: {name}": group for part, r in results.items() for name, group in r["controls"].items()}
    return save_result("mind", out, seeds, steps, metrics, controls, _draw(out, parts))


def _part_progress(progress: Progress, i: int, parts: int, part: str) -> Progress:
    """Returns the progress of the i-th part, which tells that of the whole."""
    return lambda share, words: progress((i + share) / parts, f"{part}: {words}")


def _draw(out: Path, parts: tuple[str, ...]) -> Figure:
    """Puts the parts' pictures on one sheet."""
    figure, axes = subplots(len(parts), 1, (12, 3.5 * len(parts)))
    for panel, part in zip(axes[:, 0], parts, strict=True):
        panel.imshow(imread(out / part / "figure.png"))
        panel.set(title=part)
        panel.axis("off")
    return figure
