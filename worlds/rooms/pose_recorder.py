"""The poses of everything that moves in a room, recorded several times per control step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body
from worlds.physics.client import UPRIGHT, Physics, Pose
from worlds.sensors.things import Thing

ROOM_POSE: Pose = ((0.0, 0.0, 0.0), UPRIGHT)


class PoseRecorder:
    """Poses of the room, the things, and the body's base and links during the last control step.

    They are made into an array only when `poses` is read, since most episodes are not watched.

    Args:
        physics: The physics that holds things and body.
        things: The things; each is a node.
        body: The body; its base and each of its links are a node.
        frames: Poses recorded per control step.
    """

    def __init__(self, physics: Physics, things: Sequence[Thing], body: Body, frames: int) -> None:
        self._physics, self._body, self._frames = physics, body.id, frames
        self._links = len(body.links)
        # Things that do not move know their pose; for all others the physics is asked.
        self._fixed = [thing for thing in things if not thing.movable]
        movable = [thing for thing in things if thing.movable]
        self._movable = (*(thing.body for thing in movable), body.id)
        nodes = {id(thing): node for node, thing in enumerate(things, 1)}
        first = 1 + len(things)
        captured = [nodes[id(thing)] for thing in (*self._fixed, *movable)]
        self._order = np.argsort([0, *captured, *range(first, first + 1 + self._links)])
        self._captures: list[list[Pose]] = []
        self._poses: npt.NDArray[np.float32] | None = None

    def capture(self) -> list[Pose]:
        """Returns the current poses, in the order in which they are read; see `set_captures`."""
        capture = [ROOM_POSE, *[thing.pose() for thing in self._fixed]]
        capture += self._physics.poses(self._movable)
        capture += self._physics.link_poses(self._body, self._links)
        return capture

    def set_captures(self, captures: list[list[Pose]]) -> None:
        """Sets what was captured during the last control step."""
        self._captures, self._poses = captures, None

    def reset(self) -> None:
        """Records the current poses as if nothing had moved during the last control step."""
        self.set_captures([self.capture()] * self._frames)

    @property
    def poses(self) -> npt.NDArray[np.float32]:
        """(frames, M, 7) poses during the last control step, the last one at its end."""
        if self._poses is None:
            self._poses = self._to_array(self._captures)
        return self._poses

    @poses.setter
    def poses(self, poses: npt.NDArray[np.float32]) -> None:
        self._poses = poses

    def current_poses(self) -> npt.NDArray[np.float32]:
        """Returns the current poses (M, 7)."""
        poses: npt.NDArray[np.float32] = self._to_array([self.capture()])[0]
        return poses

    def _to_array(self, captures: list[list[Pose]]) -> npt.NDArray[np.float32]:
        rows = np.array([[(*position, *turn) for position, turn in capture] for capture in captures], np.float32)
        return rows[:, self._order]
