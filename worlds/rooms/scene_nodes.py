"""The shapes and nodes of a room's scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body
from worlds.physics.client import UPRIGHT
from worlds.rendering.scene import Scene, Shape
from worlds.rooms.kinematic import OUT_OF_SIGHT, KinematicPart
from worlds.sensors.things import Thing


class SceneNodes:
    """What there is to draw: the room, the things, the body's base and links, and the kinematic parts, a node each.

    Args:
        statics: Shapes of the room itself.
        things: The things that are sensed.
        decor: Further shapes that move with a thing.
        body: The body that lives in the room.
        parts: The room's kinematic parts.
        size: Side lengths of the room (m).

    Attributes:
        kinematic_poses: (P, 7) poses of the kinematic parts. The parts write into it themselves, since nothing else
            moves them: the physics need not be asked.
    """

    def __init__(
        self,
        statics: Sequence[Shape],
        things: Sequence[Thing],
        decor: Sequence[tuple[Thing, Shape]],
        body: Body,
        parts: Sequence[KinematicPart],
        size: tuple[float, float],
    ) -> None:
        shapes = list(statics)
        for node, thing in enumerate(things, 1):
            s = thing.shape
            shapes.append(
                Shape(s.name, s.kind, s.size, s.color, node, glow=s.glow, solid=s.solid and not thing.visual_only)
            )
        shapes += [replace(shape, node=1 + list(things).index(thing)) for thing, shape in decor]
        first = 1 + len(things)
        links = tuple(f"{body.name}.{link}" for link in body.links)
        last = first + 1 + len(links)
        own = [replace(part.shape, node=last + i) for i, part in enumerate(parts)]
        self._shapes = (*shapes, *body.visual_shapes(first), *own)
        names = (thing.name for thing in things)
        self._names = ("room", *names, body.name, *links, *(part.shape.name for part in parts))
        self._body, self._size = self._names.index(body.name), size
        self.kinematic_poses = np.zeros((len(parts), 7), np.float32)
        for part, row in zip(parts, self.kinematic_poses, strict=True):
            part.row = row
            part.restore((*OUT_OF_SIGHT, *UPRIGHT))

    def scene(self, poses: npt.NDArray[np.float32]) -> Scene:
        """Returns the scene.

        Args:
            poses: (M, 7) poses of all nodes but the kinematic parts.
        """
        return Scene(self._shapes, self._names, self.with_kinematic_parts(poses[None])[0], self._body, self._size)

    def with_kinematic_parts(self, poses: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Appends the current poses of the kinematic parts.

        Args:
            poses: (T, M, 7) poses of all other nodes.

        Returns:
            (T, M + P, 7) poses of all nodes.
        """
        parts = np.broadcast_to(self.kinematic_poses, (len(poses), *self.kinematic_poses.shape))
        return np.concatenate([poses, parts], axis=1)
