"""Drawing the figures of studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

METRIC, CONTROL = "tab:orange", "tab:gray"


def subplots(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (10, 4), **options: Any
) -> tuple[Figure, Any]:
    """Returns a figure and its axes, (rows, columns) of them.

    Args:
        rows: Rows of axes.
        columns: Columns of axes.
        size: Width and height of the figure (inches).
        **options: Options of `matplotlib.figure.Figure.subplots`.
    """
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def plot_metrics(
    axis: Axes,
    metrics: Mapping[str, dict[str, Any] | None],
    controls: Sequence[str] = (),
    horizontal: bool = False,
    labelled: bool = True,
) -> None:
    """Draws one bar per metric with its interval and the value of every seed; a metric without a value leaves a gap.

    Args:
        axis: Where to draw.
        metrics: Metrics, see `studies.common.stats.metric`, by the label of the bar.
        controls: Labels of the bars that are drawn as controls.
        horizontal: Whether the bars lie.
        labelled: Whether the labels stand beside the bars.
    """
    for i, (label, found) in enumerate(metrics.items()):
        if found is None or found["value"] is None:
            continue
        value, color = found["value"], CONTROL if label in controls else METRIC
        low, high = found["ci95"] or (value, value)
        error = [[value - low], [high - value]]
        each = [one for one in found["each"] if one is not None]
        if horizontal:
            axis.barh(i, value, xerr=error, color=color)
            axis.plot(each, [i] * len(each), "k.", ms=4)
        else:
            axis.bar(i, value, 0.6, yerr=error, color=color)
            axis.plot([i] * len(each), each, "k.", ms=4)
    set_ticks = axis.set_yticks if horizontal else axis.set_xticks
    set_ticks(range(len(metrics)), [label.replace("_", " ") for label in metrics] if labelled else [""] * len(metrics))


def plot_curves(
    axis: Axes, x: npt.ArrayLike, curves: npt.ArrayLike, color: str | None, label: str, marker: str = ""
) -> None:
    """Draws the mean of curves (seeds, points) over x, and shades what lies between the least and the greatest."""
    rows = np.asarray(curves, float)
    (line,) = axis.plot(x, rows.mean(0), color=color, label=label, marker=marker)
    axis.fill_between(np.asarray(x, float), rows.min(0), rows.max(0), color=line.get_color(), alpha=0.15)


def plot_values(axis: Axes, at: float, values: Sequence[float], color: str, label: str | None = None) -> None:
    """Draws a bar as high as the mean of values, and the values side by side as dots."""
    axis.bar(at, float(np.mean(values)), color=color, alpha=0.4, label=label)
    axis.plot(at + np.linspace(-0.2, 0.2, len(values)), values, "o", color=color, ms=4)
