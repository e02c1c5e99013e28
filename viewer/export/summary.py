"""One page about a life: where it went, what it felt, what it cost, and what it played with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pygame

from housecat.core.obs_layout import BODY, THINGS
from viewer.export.summary_figure import SummaryFigure

if TYPE_CHECKING:
    from agent.moment import Moment
    from worlds.rendering.scene import Scene

MOVED = 0.02  # metres in a step: less is the trembling of a thing at rest
STILL = (669, 372)


class Summary:
    """Collects what the page shows, moment by moment.

    Args:
        scene: Scene of the world that is lived in.
    """

    def __init__(self, scene: Scene) -> None:
        self._half = max(scene.size) / 2
        self._nodes, self._body = scene.nodes, scene.body
        self._colors = {scene.nodes[s.node]: s.color for s in reversed(scene.shapes)}
        self._rows: dict[str, list[Any]] = defaultdict(list)
        self._names: tuple[str, ...] = ()
        self._stills: list[npt.NDArray[np.uint8]] = []

    def add(self, moment: Moment) -> None:
        """Adds a moment."""
        self._names = moment.things
        last = moment.frames[-1]
        index = [self._nodes.index(n) if n in self._nodes else -1 for n in moment.things]
        touched = {e.get("thing") for e in moment.events if e.get("event") == "contact"}
        rows = self._rows
        rows["time"].append(moment.time)
        rows["body"].append(last[self._body, :2])
        rows["things"].append([last[i, :2] if i >= 0 else (np.nan, np.nan) for i in index])
        rows["touched"].append([name in touched for name in moment.things])
        rows["emotions"].append({**moment.emotions})
        rows["costs"].append({**moment.costs})

    def still(self, surface: pygame.Surface) -> None:
        """Keeps a small copy of a picture."""
        small = pygame.transform.smoothscale(surface, STILL)
        self._stills.append(pygame.surfarray.array3d(small).swapaxes(0, 1))

    def save(self, path: Path | str) -> None:
        """Draws the page."""
        rows = self._rows
        SummaryFigure(
            np.array(rows["time"]),
            np.array(rows["body"]),
            np.array(rows["things"]),
            self._names,
            _columns(rows["emotions"]),
            _columns(rows["costs"]),
            ("steps touching it", np.array(rows["touched"])),
            self._colors,
            self._half,
            self._stills,
        ).save(path)


def summarise(run: Mapping[str, npt.NDArray[Any]], path: Path | str) -> None:
    """Draws the page about a recorded run.

    Args:
        run: What a run recorded, by name, time first. Positions are read from ``obs.things``; a thing counts as
            played with in a step in which it moved.
        path: Path of the picture.
    """
    steps = len(run["time"])
    things = np.asarray(run.get("obs.things", np.zeros((steps, 0, 3))), float)[..., THINGS.position_xy]
    step = np.linalg.norm(np.diff(things, axis=0, prepend=things[:1]), axis=-1)
    names = tuple(str(n) for n in run["things"][-1]) if "things" in run and steps else ()
    seen = run.get("obs.things")
    colors: dict[str, Any] = {}
    if seen is not None and seen.shape[-1] >= 14 and steps:
        colors = {n: tuple(np.clip(seen[-1, k, THINGS.rgb], 0, 1)) for k, n in enumerate(names)}
    body = np.asarray(run["obs.body"], float)[:, BODY.position] if "obs.body" in run else np.zeros((steps, 2))
    SummaryFigure(
        np.asarray(run["time"], float),
        body,
        things,
        names,
        _group(run, "emotions."),
        _group(run, "costs."),
        ("steps in which it moved", step > MOVED),
        colors,
        3.0,
        [],
    ).save(path)


def _group(run: Mapping[str, npt.NDArray[Any]], prefix: str) -> dict[str, npt.NDArray[Any]]:
    return {n.removeprefix(prefix): np.asarray(v, float) for n, v in run.items() if n.startswith(prefix)}


def _columns(rows: list[dict[str, float]]) -> dict[str, npt.NDArray[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.array([row.get(name, np.nan) for row in rows]) for name in names}
