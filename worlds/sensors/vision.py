"""Vision of a body: pictures from its head, and which things are in view."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from worlds.rendering.protocols import Renderable
from worlds.rendering.scene import Vector
from worlds.sensors.camera import Backend, HeadCamera, gaze_camera, make_head_camera
from worlds.sensors.things import Thing
from worlds.sensors.visibility import in_view

log = logging.getLogger(__name__)


class CameraMount(Protocol):
    """A body that carries a camera.

    Attributes:
        id: Number of the body in the physics.
    """

    id: int

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns the position of the eye, a point that it looks at (m), and its up direction."""
        ...


class Vision:
    """What a body sees. The camera is made when the first picture is asked for.

    Args:
        world: The world to draw.
        backend: What pictures are drawn by, see `make_head_camera`.
    """

    def __init__(self, world: Renderable, backend: Backend) -> None:
        self._world, self._backend = world, backend
        self._camera: HeadCamera | None = None

    @property
    def camera(self) -> HeadCamera:
        """The camera in the head."""
        if self._camera is None:
            self._camera = make_head_camera(self._world.scene(), self._world.tiny_render, self._backend)
        return self._camera

    def render(self, body: CameraMount) -> npt.NDArray[np.uint8]:
        """Returns the picture (84, 84, 3) that the body sees now."""
        return self.camera.render(self._world.scene(), gaze_camera(body.gaze()))

    def in_view(self, things: Sequence[Thing], body: CameraMount) -> npt.NDArray[np.bool_]:
        """Returns a mask (K,) of the things that the body sees now."""
        return in_view(things, body.id, gaze_camera(body.gaze()))

    def warn_if_backend_differs(self, backend: str) -> None:
        """Logs a warning when an episode goes on with another backend than it had."""
        if backend != self.camera.backend:
            log.warning("pictures were drawn by %s so far, and now by %s: they differ", backend, self.camera.backend)

    def close(self) -> None:
        """Frees the camera."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None
