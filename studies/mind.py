"""The whole mind, part by part: every study of what it foresees, believes, leaves to chance, compiles and attends to.

Runs the studies of its parts, one after the other, each as `housecat study NAME` does and into a folder of its own, and
puts what they measured side by side. It takes hours, and may be stopped and gone on with, as any study. Controls and
their intervals are those of each part.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from housecat.core.atomic_write import write_text
from studies.common.lives import result
from studies.common.runner import Progress

PARTS = (
    *("foresight", "fear", "stove", "multistep_loss", "collapse"),
    *("eye", "object_permanence", "fork", "reflex", "hierarchy", "attention"),
)


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int | None = None, parts: tuple[str, ...] = PARTS
) -> dict[str, Any]:
    """Runs the parts and puts them together; `steps` is given on to each, which has its own number otherwise."""
    results = {}
    for i, part in enumerate(parts):
        results[part] = _part(part, seeds, out / part, _share(progress, i, len(parts), part), steps)
    _draw(out, parts)
    return result(
        "mind",
        seeds,
        steps,
        {f"{part}: {name}": it for part, r in results.items() for name, it in r["metrics"].items()},
        {part: result["controls"] for part, result in results.items()},
    )


def _share(progress: Progress, i: int, parts: int, part: str) -> Progress:
    """Returns what tells the whole's progress from that of its i-th part."""
    return lambda share, words: progress((i + share) / parts, f"{part}: {words}")


def _part(name: str, seeds: tuple[int, ...], folder: Path, progress: Progress, steps: int | None) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {} if steps is None else {"steps": steps}
    result = _study(name)(seeds=seeds, out=folder, progress=progress, **options)
    write_text(folder / "result.json", json.dumps(result, indent=2))
    return result


def _study(name: str) -> Callable[..., dict[str, Any]]:
    run: Callable[..., dict[str, Any]] = importlib.import_module(f"studies.{name}").run
    return run


def _draw(out: Path, parts: tuple[str, ...]) -> None:
    """Puts the parts' pictures on one sheet."""
    fig, axes = plt.subplots(len(parts), 1, figsize=(12, 3.5 * len(parts)), squeeze=False, layout="constrained")
    for panel, part in zip(axes[:, 0], parts, strict=True):
        panel.imshow(plt.imread(out / part / "figure.png"))
        panel.set(title=part)
        panel.axis("off")
    fig.savefig(out / "figure.png", dpi=110)
    plt.close(fig)
