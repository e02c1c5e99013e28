"""Parts of a room that are put elsewhere at times but never move by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from worlds.physics.client import UPRIGHT, Physics, Pose
from worlds.rendering.scene import Quaternion, Shape, Vector

AWAY: Vector = (0.0, 0.0, -50.0)  # where what is not there is kept
OUT_OF_SIGHT: Vector = (1000.0, 1000.0, -50.0)  # farther: the renderer lights the floor below all that glows


@dataclass(eq=False)
class KinematicPart:
    """A part of the room that is put elsewhere at times but never moves by itself; not one of the things.

    Attributes:
        physics: That it is in.
        shape: How it looks.
        body: Number of its body in the physics.
        visual_only: Whether it is only seen.
        row: (7,) its pose, a view into the room's table of poses.
    """

    physics: Physics
    shape: Shape
    body: int
    visual_only: bool
    row: npt.NDArray[np.float32]
    _at: Pose | None = field(init=False, default=None)  # where it was put last, if nothing else moved it

    def place(self, x: float, y: float, z: float, orientation: Quaternion = UPRIGHT) -> None:
        """Puts it somewhere (m)."""
        at = (x, y, z), orientation
        if at == self._at:
            return
        if not self.visual_only:  # nothing meets a ghost: where it is matters to pictures alone, see `show`
            self.physics.move(self.body, *at)
        self._at = at
        self.row[:] = x, y, z, *orientation

    def show(self) -> None:
        """Puts a ghost where a picture by the physics shows it."""
        if self.visual_only:
            x, y, z, *turn = self.row.tolist()
            self.physics.move(self.body, (x, y, z), (turn[0], turn[1], turn[2], turn[3]))

    def hide(self) -> None:
        """Puts it where nobody sees it."""
        self.place(*OUT_OF_SIGHT)

    def restore(self, row: Sequence[float] | None) -> None:
        """Puts a ghost back, or reads off where the physics has put what can be touched."""
        self._at = None
        if row is not None:
            self.place(row[0], row[1], row[2], (row[3], row[4], row[5], row[6]))
        else:
            position, turn = self.physics.pose(self.body)
            self.row[:] = *position, *turn
