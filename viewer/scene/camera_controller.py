"""Moves the camera of the window: orbits, zooms, pans, follows the body."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import Camera

FOV = 36.0


class CameraController:
    """An orbit camera with eased motion.

    The methods set a goal; `update` moves `camera` towards it.

    Args:
        size: Sides of the room (m).

    Attributes:
        follows: Whether the centre of the orbit follows the body.
    """

    def __init__(self, size: tuple[float, float]) -> None:
        self._span = max(size)
        self.follows = False
        self.reset()
        self._now = self._goal.copy()

    def reset(self) -> None:
        """Goes back to seeing most of the room, leaning towards where the body is."""
        # x, y, z of the centre, turn, height (rad), distance (m)
        self._goal = np.array([0.0, 0.0, 0.0, -0.20, 0.66, 1.12 * self._span])
        self.follows, self._leans = False, True

    def orbit(self, dx: float, dy: float) -> None:
        """Turns by a drag of the mouse (pixels)."""
        self._goal[3] -= dx * 0.006
        self._goal[4] = min(max(self._goal[4] + dy * 0.005, 0.12), 1.50)

    def zoom(self, clicks: float) -> None:
        """Comes nearer by clicks of the wheel."""
        self._goal[5] = min(max(self._goal[5] * 0.88**clicks, 0.9), 3.0 * self._span)

    def pan(self, dx: float, dy: float) -> None:
        """Moves sideways by a drag of the mouse (pixels), so that the floor goes with the hand."""
        self.follows = self._leans = False
        scale = self._goal[5] * 0.0014
        c, s = math.cos(self._goal[3]), math.sin(self._goal[3])
        self._goal[0] -= (dx * c - dy * -s) * scale
        self._goal[1] -= (dx * s - dy * c) * scale
        self._goal[:2] = np.clip(self._goal[:2], -self._span, self._span)

    def follow(self) -> None:
        """Begins or ends to follow the body, from near by."""
        self.follows = not self.follows
        if self.follows:
            self._goal[4:6] = 0.55, 0.62 * self._span
        else:
            turn = self._goal[3]
            self.reset()
            self._goal[3] = turn

    def update(self, seconds: float, body: npt.NDArray[Any]) -> None:
        """Moves the camera towards its goal.

        Args:
            seconds: Time since the last call (s).
            body: (3,) position of the body (m).
        """
        if self.follows:
            self._goal[:3] = body[0], body[1], 0.10
        elif self._leans:
            self._goal[:2] = 0.42 * body[0], 0.36 * body[1] - 0.06 * self._span
        self._now += (self._goal - self._now) * (1 - math.exp(-seconds * 7.0))

    @property
    def camera(self) -> Camera:
        """The current camera."""
        x, y, z, turn, height, distance = self._now
        flat = distance * math.cos(height)
        eye = (x + flat * math.sin(turn), y - flat * math.cos(turn), z + distance * math.sin(height))
        return Camera((float(eye[0]), float(eye[1]), float(eye[2])), (float(x), float(y), float(z)), FOV)
