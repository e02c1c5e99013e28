"""Kinematic parts of a room: placed by the room, never moved by the physics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from worlds.physics.client import UPRIGHT, Physics, Pose
from worlds.rendering.scene import Quaternion, Shape, Vector

AWAY: Vector = (0.0, 0.0, -50.0)  # where removed things are kept
OUT_OF_SIGHT: Vector = (1000.0, 1000.0, -50.0)  # farther off: the renderer lights the floor below everything that glows


@dataclass(eq=False)
class KinematicPart:
    """A part of a room that is placed by the room and never moved by the physics; it is no thing.

    Attributes:
        physics: The physics that it is in.
        shape: Its looks and its collision shape.
        body: Number of its body in the physics.
        visual_only: Whether it is seen but cannot be touched.
        row: (7,) its pose, a view into `SceneNodes.kinematic_poses`.
    """

    physics: Physics
    shape: Shape
    body: int
    visual_only: bool
    row: npt.NDArray[np.float32]
    _at: Pose | None = field(init=False, default=None)  # its last pose; None after a state was restored

    def place(self, x: float, y: float, z: float, orientation: Quaternion = UPRIGHT) -> None:
        """Places it at a position (m)."""
        at = (x, y, z), orientation
        if at == self._at:
            return
        if not self.visual_only:  # the pose of a visual-only body matters to pictures alone, see `sync_visual`
            self.physics.move(self.body, *at)
        self._at = at
        self.row[:] = x, y, z, *orientation

    def sync_visual(self) -> None:
        """Moves a visual-only body to its pose, for a picture by `Physics.render`."""
        if self.visual_only:
            x, y, z, *turn = self.row.tolist()
            self.physics.move(self.body, (x, y, z), (turn[0], turn[1], turn[2], turn[3]))

    def hide(self) -> None:
        """Places it out of sight."""
        self.place(*OUT_OF_SIGHT)

    def restore(self, row: Sequence[float] | None) -> None:
        """Restores its pose.

        Args:
            row: (7,) the pose of a visual-only part; None for others, whose pose the physics holds.
        """
        self._at = None
        if row is not None:
            self.place(row[0], row[1], row[2], (row[3], row[4], row[5], row[6]))
        else:
            position, turn = self.physics.pose(self.body)
            self.row[:] = *position, *turn
