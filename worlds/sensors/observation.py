"""The spaces of the senses, and the head that sees."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from housecat.core.obs_layout import MAX_FORCE, MAX_MOTION, THING_SIZE, VITALS, bounds
from worlds.rendering.protocols import Drawable
from worlds.rendering.scene import Vector
from worlds.sensors.camera import SIDE, Backend, Eye, gaze_camera, make_eye
from worlds.sensors.things import Thing
from worlds.sensors.visibility import in_view

log = logging.getLogger(__name__)


class Looking(Protocol):
    """A body, as far as seeing goes."""

    id: int

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns where its eye is, a point that it looks at (m), and which way is up for it."""


def space_of(
    senses: Sequence[str], readings: int, parts: int, things: int, cues: int, flat: bool
) -> spaces.Dict:  # fmt: skip
    """Returns the space of an observation.

    Args:
        senses: Names of the senses in it.
        readings: Numbers of the body's proprioception.
        parts: Parts that feel touch.
        things: K.
        cues: Numbers that a room's cues are.
        flat: Whether ``things`` is one row of K x F numbers, rather than K rows.
    """
    known: dict[str, spaces.Space[Any]] = {
        "body": spaces.Box(-MAX_MOTION, MAX_MOTION, (readings,), np.float32),
        "touch": spaces.Box(0.0, MAX_FORCE, (parts,), np.float32),
        "things": spaces.Box(
            -MAX_MOTION, MAX_MOTION, (things * THING_SIZE,) if flat else (things, THING_SIZE), np.float32
        ),
        "vitals": spaces.Box(*bounds(VITALS), dtype=np.float32),
        "cues": spaces.Box(-1.0, 1.0, (cues,), np.float32),
        "eye": spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8),
    }
    return spaces.Dict({name: known[name] for name in senses})


class Head:
    """Sees for a body: a picture, or which things are in view. The renderer starts with the first picture."""

    def __init__(self, world: Drawable, backend: Backend) -> None:
        self._world, self._wanted = world, backend
        self._eye: Eye | None = None

    @property
    def eye(self) -> Eye:
        """What pictures are made by."""
        if self._eye is None:
            self._eye = make_eye(self._world.scene(), self._world.tiny_render, self._wanted)
        return self._eye

    def look(self, body: Looking) -> npt.NDArray[np.uint8]:
        """Returns the picture (84, 84, 3) that the body sees now."""
        return self.eye.look(self._world.scene(), gaze_camera(body.gaze()))

    def in_view(self, things: Sequence[Thing], body: Looking) -> npt.NDArray[np.bool_]:
        """Returns (K,) which things the body sees now."""
        return in_view(things, body.id, gaze_camera(body.gaze()))

    def compare(self, backend: str) -> None:
        """Warns when a life goes on with another eye than it had."""
        if backend != self.eye.backend:
            log.warning("this life saw by %s so far, and sees by %s now: pictures differ", backend, self.eye.backend)

    def close(self) -> None:
        """Frees the renderer."""
        if self._eye is not None:
            self._eye.close()
            self._eye = None
