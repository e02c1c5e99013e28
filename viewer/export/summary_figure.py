"""Draws the summary of a life with matplotlib: a map, curves, bars and stills on one page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from viewer import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 300  # points a curve is thinned to


class SummaryFigure:
    """The figure of a summary; matplotlib is imported only here.

    Args:
        time: (T,) time at the end of each step (s).
        body: (T, 2) position of the body (m).
        things: (T, N, 2) positions of the things (m); nan where not known.
        names: Names of the N things.
        emotions: (T,) values by the name of the emotion.
        costs: (T,) values by the name of the objective.
        played: What counts as play, in words, and (T, N) whether it happened.
        colors: Colour by the name of the thing.
        half: Half the side of the map (m).
        stills: Pictures (H, W, 3), of which three are shown.
    """

    def __init__(
        self,
        time: npt.NDArray[Any],
        body: npt.NDArray[Any],
        things: npt.NDArray[Any],
        names: tuple[str, ...],
        emotions: dict[str, npt.NDArray[Any]],
        costs: dict[str, npt.NDArray[Any]],
        played: tuple[str, npt.NDArray[Any]],
        colors: Mapping[str, Any],
        half: float,
        stills: list[npt.NDArray[np.uint8]],
    ) -> None:
        self._time, self._body, self._things, self._names = time, body, things, names
        self._emotions, self._costs, self._played = emotions, costs, played
        self._colors, self._half, self._stills = colors, half, stills

    def save(self, path: Path | str) -> None:
        """Draws the page to a file."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        tall = 10.4 if self._stills else 7.4
        figure = Figure(figsize=(13.5, tall), dpi=110, facecolor=_hex(style.BACK))
        FigureCanvasAgg(figure)
        rows = [1.0, 1.0, 0.86] if self._stills else [1.0, 1.0]
        grid = figure.add_gridspec(
            len(rows),
            3,
            height_ratios=rows,
            width_ratios=[1.5, 1, 1],
            hspace=0.34,
            wspace=0.26,
            left=0.05,
            right=0.98,
            top=0.90,
            bottom=0.06,
        )
        self._map(figure.add_subplot(grid[0:2, 0]))
        self._curves(figure.add_subplot(grid[0, 1:]), "Emotions", self._emotions, _emotion_color)
        self._curves(figure.add_subplot(grid[1, 1]), "Costs", self._costs, _cycle)
        self._shares(figure.add_subplot(grid[1, 2]))
        if self._stills:
            strip = grid[2, :].subgridspec(1, 3, wspace=0.02)
            chosen = self._stills[:: max(1, len(self._stills) // 3)][:3]
            for i, still in enumerate(chosen):
                axes = figure.add_subplot(strip[0, i])
                axes.imshow(still)
                axes.axis("off")
        steps, seconds = len(self._time), float(self._time[-1]) if len(self._time) else 0.0
        figure.text(0.05, 0.945, "housecat", color=_hex(style.ACCENT), size=19, weight="bold")
        figure.text(0.165, 0.947, f"{steps:,} steps, {seconds:,.0f} s of life", color=_hex(style.SOFT), size=13)
        figure.savefig(str(path), facecolor=figure.get_facecolor())

    def _map(self, axes: Axes) -> None:
        _dress(axes, "Where it went, and its things (ring: where each began)")
        axes.set_aspect("equal", anchor="N")
        axes.set_xlim(-self._half, self._half)
        axes.set_ylim(-self._half, self._half)
        axes.set_facecolor("#191d27")
        axes.grid(color=_hex(style.LINE), linewidth=0.6)
        axes.set_xlabel("x (m)", color=_hex(style.FAINT))
        if len(self._body):
            axes.plot(*self._body.T, color=_hex(style.ACCENT), linewidth=0.9, alpha=0.55)
            axes.plot(*self._body[-1], "o", color=_hex(style.ACCENT), markersize=8)
        for k, name in enumerate(self._names):
            path = self._things[:, k] if self._things.ndim == 3 and k < self._things.shape[1] else np.zeros((0, 2))
            if not len(path) or np.isnan(path).all():
                continue
            color = self._colors.get(name, (0.7, 0.7, 0.7))
            axes.plot(*path.T, color=color, linewidth=1.6)
            axes.plot(*path[0], "o", markerfacecolor="none", markeredgecolor=color, markersize=9)
            axes.plot(*path[-1], "o", color=color, markersize=9)
            axes.annotate(name, path[-1], (7, 5), textcoords="offset points", color=_hex(style.SOFT), size=8)

    def _curves(self, axes: Axes, title: str, curves: dict[str, npt.NDArray[Any]], color: Any) -> None:
        _dress(axes, title)
        for i, (name, values) in enumerate(curves.items()):
            time, smooth = _thin(self._time, values)
            axes.plot(time, smooth, color=color(name, i), linewidth=1.5, label=name)
        axes.set_xlabel("seconds lived", color=_hex(style.FAINT))
        if curves:
            legend = axes.legend(loc="upper left", ncols=3, fontsize=8, frameon=False, labelcolor=_hex(style.SOFT))
            legend.set_in_layout(False)
            known = np.concatenate(list(curves.values()))
            known = known[np.isfinite(known)]
            # One spike must not flatten all the rest.
            low, high = np.percentile(known, [0.5, 99.5]) if known.size else (0.0, 1.0)
            low, high = low - 0.05 * (high - low) - 0.02, high + 0.05 * (high - low) + 0.02
            axes.set_ylim(low, high + 0.28 * (high - low))  # room for the legend

    def _shares(self, axes: Axes) -> None:
        title, played = self._played
        _dress(axes, f"Play: share of {title}")
        shares = played.mean(0) if len(played) else np.zeros(len(self._names))
        touched_any = float(played.any(1).mean()) if len(played) else 0.0
        names, values = [*self._names, "anything"], [*shares, touched_any]
        colors = [self._colors.get(n, (0.7, 0.7, 0.7)) for n in self._names] + [_hex(style.TEXT)]
        axes.barh(range(len(names)), values, color=colors, height=0.62)
        axes.set_yticks(range(len(names)), names, color=_hex(style.SOFT), size=8)
        axes.invert_yaxis()
        top = max([*values, 0.05])
        axes.set_xlim(0, top * 1.2)
        axes.set_xticks([])
        for i, value in enumerate(values):
            axes.text(value + top * 0.02, i, f"{100 * value:.0f} %", va="center", color=_hex(style.SOFT), size=8)


def _thin(time: npt.NDArray[Any], values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Averages a long curve down to a few hundred points; nan stays a gap."""
    size = max(1, len(time) // BINS)
    count = len(time) // size * size
    cut = values[:count].reshape(-1, size)
    known = ~np.isnan(cut)
    mean = np.where(known, cut, 0).sum(1) / np.maximum(known.sum(1), 1)
    return time[:count].reshape(-1, size).mean(1), np.where(known.any(1), mean, np.nan)


def _dress(axes: Axes, title: str) -> None:
    axes.set_facecolor(_hex(style.CARD))
    axes.set_title(title, color=_hex(style.TEXT), size=11, loc="left")
    axes.tick_params(colors=_hex(style.FAINT), labelsize=8)
    for spine in axes.spines.values():
        spine.set_color(_hex(style.LINE))


def _hex(color: style.Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _emotion_color(name: str, index: int) -> str:
    return _hex(style.EMOTIONS.get(name, style.SOFT))


def _cycle(name: str, index: int) -> str:
    wheel = ("#48d1be", "#f56f62", "#ffcb57", "#a48afa", "#f480aa", "#8fd16a", "#6fb6ff", "#c9b79c")
    return wheel[index % len(wheel)]
