"""Where the toys of a playroom were in the course of a life, and when they were touched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worlds import World

CELL = 0.33  # side of the squares that the floor is divided into (m)
FIXTURES = ("hot plate", "feeder")  # things of the playroom that are not toys


@dataclass(frozen=True)
class PlayTrace:
    """The ground truth of a life of T control steps among K toys.

    Attributes:
        toys: (T + 1, K, 2) positions of the toys (m).
        touching: (T,) whether a toy was touched.
        on_plate: (T,) whether the body stood on the hot plate.
        names: Names of the toys.
        touched: Steps in which each toy was touched, by its name.
    """

    toys: npt.NDArray[np.float32]
    touching: npt.NDArray[np.bool_]
    on_plate: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    touched: dict[str, int]

    @classmethod
    def record(cls, world: World, steps: Iterable[object]) -> PlayTrace:
        """Records a life.

        Args:
            world: A playroom.
            steps: Makes one control step in it for each of its items, such as `agent.live`.
        """
        rows = [row for row, name in enumerate(world.things) if name not in FIXTURES]
        names = tuple(world.things[row] for row in rows)
        toys, touching, on_plate = [world.truth()["things.position"][rows, :2]], [], []
        touched = dict.fromkeys(names, 0)
        for _ in steps:
            truth = world.truth()
            in_contact = {name for _, name, _ in truth["contacts"] if name in touched}
            for name in in_contact:
                touched[name] += 1
            toys.append(truth["things.position"][rows, :2])
            touching.append(bool(in_contact))
            on_plate.append(truth["on_plate"])
        return cls(np.stack(toys), np.array(touching), np.array(on_plate), names, touched)

    def cells_visited(self) -> int:
        """Counts the cells (`CELL`) of the floor that each toy visited, summed over the toys."""
        cells = np.floor(self.toys / CELL).astype(int)
        return sum(len({tuple(cell) for cell in cells[:, toy]}) for toy in range(cells.shape[1]))
