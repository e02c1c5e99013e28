"""Free places in a room: found by chance, away from what is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from housecat.core.errors import UserError

GAP = 0.1  # metres left between things in a new room
TRIES = 10_000  # places tried before a room counts as too full


class PlacementSampler:
    """Which places of a room are taken while it is laid out.

    Args:
        size: Side lengths of the room (m).
    """

    def __init__(self, size: tuple[float, float]) -> None:
        self._size = size
        self.taken: list[tuple[float, float, float]] = []  # x, y, radius (m)

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Notes that a place is taken."""
        self.taken.append((x, y, radius))

    def sample(self, radius: float, margin: float, rng: np.random.Generator) -> tuple[float, float]:
        """Finds and takes a place (m) for something of some radius, away from all taken and from the room's edge.

        Raises:
            UserError: If there is none.
        """
        width, depth = self._size[0] / 2 - margin, self._size[1] / 2 - margin
        chance, hypot = rng.uniform, math.hypot  # of single numbers: of arrays it takes five times as long
        reach = [(a, b, radius + r + GAP) for a, b, r in self.taken]
        for _ in range(TRIES):
            x, y = chance(-width, width), chance(-depth, depth)
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
    """Returns how far (m) a place is from a box that stands on the floor, 0 inside of it."""
    return math.hypot(*(max(abs(p - q) - h, 0.0) for p, q, h in zip(at, middle[:2], half[:2], strict=True)))
