"""A newborn plays: it touches toys, moves them and spreads them out, and keeps off the hot plate.

Controls live in the same rooms: ``random`` moves by smooth noise, ``fearless`` is the same mind without pain and
critic.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from studies.common.lives import Trace, metric, result, traces
from studies.common.runner import Progress

STEPS = 5000
WINDOW = (2000, 3000)  # steps in which play is counted
CELL = 0.33  # metres
MOVED = 0.5  # metres from where a toy began
SMOOTH = 250  # steps, for the figure


def cells(life: Trace) -> int:
    """Counts the cells of the floor that each toy visited, summed over the toys."""
    where = np.floor(life.toys / CELL).astype(int)
    return sum(len({tuple(cell) for cell in where[:, toy]}) for toy in range(where.shape[1]))


def moved(life: Trace) -> int:
    """Counts the toys that were ever farther than MOVED from where they began."""
    away = np.linalg.norm(life.toys - life.toys[0], axis=-1).max(0)
    return int((away > MOVED).sum())


def share(life: Trace) -> float:
    """Returns the share of steps in the window with a toy in contact."""
    return float(life.touching[slice(*_window(life))].mean())


def on_plate(life: Trace) -> float:
    """Returns the share of steps on the hot plate from the beginning of the window on."""
    return float(life.on_plate[_window(life)[0] :].mean())


def _window(life: Trace) -> tuple[int, int]:
    # A life shorter than the study's own is judged by the same parts of it.
    steps = len(life.touching)
    return tuple(round(edge * min(1.0, steps / STEPS)) for edge in WINDOW)  # type: ignore[return-value]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Lives, measures and draws. See the package for what it returns."""
    lives = traces(("mind", "fearless", "random"), seeds, steps, progress, out / "lives")
    mind, fearless, random = lives["mind"], lives["fearless"], lives["random"]
    chance = float(np.mean([share(life) for life in random]))
    spread = float(np.mean([cells(life) for life in random]))
    hot, bold = (float(np.mean([on_plate(life) for life in group])) for group in (random, fearless))
    metrics = {
        "play/share": metric(map(share, mind), "share of steps touching a toy", "higher"),
        "play/over_random": metric((share(m) / max(chance, 1e-9) for m in mind), "times random", "higher"),
        "play/toys_moved": metric(map(moved, mind), f"toys moved over {MOVED} m", "higher"),
        "play/cells": metric(map(cells, mind), f"{CELL} m cells visited by toys", "higher"),
        "play/cells_over_random": metric((cells(m) / max(spread, 1e-9) for m in mind), "times random", "higher"),
        "pain/on_plate": metric(map(on_plate, mind), "share of steps on the hot plate", "lower"),
        "pain/over_random": metric((on_plate(m) / max(hot, 1e-9) for m in mind), "times random", "lower"),
        "pain/over_fearless": metric((on_plate(m) / max(bold, 1e-9) for m in mind), "times fearless", "lower"),
    }
    controls = {
        name: {
            "play/share": metric(map(share, group), "share of steps touching a toy", "higher"),
            "play/toys_moved": metric(map(moved, group), f"toys moved over {MOVED} m", "higher"),
            "play/cells": metric(map(cells, group), f"{CELL} m cells visited by toys", "higher"),
            "pain/on_plate": metric(map(on_plate, group), "share of steps on the hot plate", "lower"),
        }
        for name, group in (("random", random), ("fearless", fearless))
    }
    touched = [life.touched for life in mind]
    _draw(lives, out / "figure.png")
    return result("play", seeds, steps, metrics, controls, touched=touched)


def _draw(lives: dict[Any, list[Trace]], path: Path) -> None:
    fig, axes = plt.subplots(1, 2 + len(lives["mind"][:2]), figsize=(17, 4), layout="constrained")
    for name, color in (("mind", "tab:orange"), ("fearless", "tab:red"), ("random", "tab:gray")):
        for panel, field in ((axes[0], "touching"), (axes[1], "on_plate")):
            curves = np.stack(
                [np.convolve(getattr(life, field), np.ones(SMOOTH) / SMOOTH, "valid") for life in lives[name]]
            )
            x = np.arange(curves.shape[1]) + SMOOTH
            panel.plot(x, curves.mean(0), color=color, label=name)
            panel.fill_between(x, curves.min(0), curves.max(0), color=color, alpha=0.15)
    axes[0].set(title="touching a toy", xlabel="control step", ylabel=f"share of the last {SMOOTH} steps", ylim=(0, 1))
    axes[1].set(title="on the hot plate", xlabel="control step", ylim=(0, None))
    axes[0].legend(frameon=False)
    for panel, life in zip(axes[2:], lives["mind"], strict=False):
        for toy, name in enumerate(life.names):
            panel.plot(*life.toys[:, toy].T, lw=0.8, color=name.split()[0].replace("yellow", "gold"))
        panel.set(title="where the toys got to", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
    fig.savefig(path, dpi=110)
    plt.close(fig)
