"""Random free positions in a room."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from housecat.core.errors import UserError

GAP = 0.1  # distance kept between things (m)
MAX_SAMPLES = 10_000  # positions drawn before a room counts as full


class PlacementSampler:
    """Draws free positions of a room, and knows those that are taken.

    Args:
        size: Side lengths of the room (m).

    Attributes:
        taken: x, y and radius (m) of the circles that are taken.
    """

    def __init__(self, size: tuple[float, float]) -> None:
        self._size = size
        self.taken: list[tuple[float, float, float]] = []

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Reserves a circle (m)."""
        self.taken.append((x, y, radius))

    def sample(self, radius: float, margin: float, rng: np.random.Generator) -> tuple[float, float]:
        """Draws a free position (m), and reserves it.

        Args:
            radius: Radius of what is to be placed (m).
            margin: Distance to keep from the edge of the room (m).
            rng: Generator of the random numbers.

        Raises:
            UserError: If there is no free position.
        """
        width, depth = self._size[0] / 2 - margin, self._size[1] / 2 - margin
        uniform, hypot = rng.uniform, math.hypot  # of single numbers: with arrays it takes five times as long
        reach = [(a, b, radius + r + GAP) for a, b, r in self.taken]
        for _ in range(MAX_SAMPLES):
            x, y = uniform(-width, width), uniform(-depth, depth)
            for a, b, r in reach:
                if hypot(x - a, y - b) <= r:
                    break
            else:
                self.taken.append((x, y, radius))
                return x, y
        raise UserError(
            f"a room of {self._size[0]} x {self._size[1]} m has no place left for a radius of {radius:.2f} m"
        )


def distance_to_box(at: Sequence[float], middle: Sequence[float], half: Sequence[float]) -> float:
    """Returns the distance (m) of a position from a box on the floor, seen from above; 0 inside of it.

    Args:
        at: (2,) position (m).
        middle: Centre of the box (m).
        half: Half extents of the box (m).
    """
    return math.hypot(*(max(abs(p - q) - h, 0.0) for p, q, h in zip(at, middle[:2], half[:2], strict=True)))
