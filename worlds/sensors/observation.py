"""The spaces of the senses, and the head that sees."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from housecat.core.obs_layout import MAX_FORCE, MAX_MOTION, THING_SIZE, VITALS, bounds
from worlds.rendering.protocols import Renderable
from worlds.rendering.scene import Vector
from worlds.sensors.camera import SIDE, Backend, HeadCamera, gaze_camera, make_head_camera
from worlds.sensors.things import Thing
from worlds.sensors.visibility import in_view

log = logging.getLogger(__name__)


class CameraMount(Protocol):
    """A body, as far as seeing goes."""

    id: int

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns where its eye is, a point that it looks at (m), and which way is up for it."""


def make_observation_space(
    senses: Sequence[str], readings: int, parts: int, things: int, cues: int, flat: bool
) -> spaces.Dict:
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


class Vision:
    """Sees for a body: a picture, or which things are in view. The renderer starts with the first picture."""

    def __init__(self, world: Renderable, backend: Backend) -> None:
        self._world, self._wanted = world, backend
        self._camera: HeadCamera | None = None

    @property
    def camera(self) -> HeadCamera:
        """What pictures are made by."""
        if self._camera is None:
            self._camera = make_head_camera(self._world.scene(), self._world.tiny_render, self._wanted)
        return self._camera

    def look(self, body: CameraMount) -> npt.NDArray[np.uint8]:
        """Returns the picture (84, 84, 3) that the body sees now."""
        return self.camera.look(self._world.scene(), gaze_camera(body.gaze()))

    def in_view(self, things: Sequence[Thing], body: CameraMount) -> npt.NDArray[np.bool_]:
        """Returns (K,) which things the body sees now."""
        return in_view(things, body.id, gaze_camera(body.gaze()))

    def warn_if_backend_differs(self, backend: str) -> None:
        """Warns when a life goes on with another eye than it had."""
        if backend != self.camera.backend:
            log.warning("this life saw by %s so far, and sees by %s now: pictures differ", backend, self.camera.backend)

    def close(self) -> None:
        """Frees the renderer."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None
