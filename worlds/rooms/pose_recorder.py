"""How a room is drawn: shapes on nodes, their poses, and a film of the last control step."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body
from worlds.physics.client import UPRIGHT, Physics, Pose
from worlds.rendering.scene import Scene, Shape
from worlds.rooms.kinematic import OUT_OF_SIGHT, KinematicPart
from worlds.sensors.things import Thing

HERE: Pose = ((0.0, 0.0, 0.0), UPRIGHT)  # of the room itself


class Film:
    """Poses of the room, the things, and the body's base and links, taken several times in a control step.

    They are made into an array only when somebody asks: most lives are not watched.

    Args:
        physics: That all are in.
        things: A node each.
        body: Of which base and links are a node each.
        frames: Shots of a control step.
    """

    def __init__(self, physics: Physics, things: Sequence[Thing], body: Body, frames: int) -> None:
        self._physics, self._body, self._frames = physics, body.id, frames
        self._links = len(body.links)
        # What rests knows where it is; for all else the physics is asked.
        self._slow = [thing for thing in things if not thing.movable]
        quick = [thing for thing in things if thing.movable]
        self._quick = (*(thing.body for thing in quick), body.id)
        places = {id(thing): node for node, thing in enumerate(things, 1)}
        first = 1 + len(things)
        asked = [places[id(thing)] for thing in (*self._slow, *quick)]
        self._order = np.argsort([0, *asked, *range(first, first + 1 + self._links)])
        self._shots: list[list[Pose]] = []
        self._poses: npt.NDArray[np.float32] | None = None

    def shoot(self) -> list[Pose]:
        """Returns the poses of now, in no particular order, for `show`."""
        shot = [HERE, *[thing.pose() for thing in self._slow]]
        shot += self._physics.poses(self._quick)
        shot += self._physics.links(self._body, self._links)
        return shot

    def show(self, shots: list[list[Pose]]) -> None:
        """Makes shots the film that `poses` tells of."""
        self._shots, self._poses = shots, None

    def stand_still(self) -> None:
        """Begins a film in which nothing moves yet."""
        self.show([self.shoot()] * self._frames)

    @property
    def poses(self) -> npt.NDArray[np.float32]:
        """(frames, M, 7) poses during the last step, the last one at its end."""
        if self._poses is None:
            self._poses = self._developed(self._shots)
        return self._poses

    @poses.setter
    def poses(self, poses: npt.NDArray[np.float32]) -> None:
        self._poses = poses

    def now(self) -> npt.NDArray[np.float32]:
        """Returns (M, 7) poses of now."""
        poses: npt.NDArray[np.float32] = self._developed([self.shoot()])[0]
        return poses

    def _developed(self, shots: list[list[Pose]]) -> npt.NDArray[np.float32]:
        rows = np.array([[(*position, *turn) for position, turn in shot] for shot in shots], np.float32)
        return rows[:, self._order]


class Nodes:
    """What there is to draw: the room, the things, the body's base and links, and the pieces, a node each.

    Args:
        statics: Shapes of the room itself.
        things: Those that are sensed.
        decor: More shapes that move with a thing.
        body: Who lives here.
        pieces: Parts of the room that are put elsewhere at times.
        size: Of the room (m).

    Attributes:
        rows: (P, 7) poses of the pieces, written by themselves: they rest, so nobody asks the physics for them.
    """

    def __init__(
        self,
        statics: Sequence[Shape],
        things: Sequence[Thing],
        decor: Sequence[tuple[Thing, Shape]],
        body: Body,
        pieces: Sequence[KinematicPart],
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
        own = [replace(piece.shape, node=last + i) for i, piece in enumerate(pieces)]
        self._shapes = (*shapes, *body.looks(first), *own)
        names = (thing.name for thing in things)
        self._names = ("room", *names, body.name, *links, *(piece.shape.name for piece in pieces))
        self._body, self._size = self._names.index(body.name), size
        self.rows = np.zeros((len(pieces), 7), np.float32)
        for piece, row in zip(pieces, self.rows, strict=True):
            piece.row = row
            piece.restore((*OUT_OF_SIGHT, *UPRIGHT))

    def scene(self, poses: npt.NDArray[np.float32]) -> Scene:
        """Returns what there is to draw, with all but its pieces at some poses (M, 7)."""
        return Scene(self._shapes, self._names, self.all(poses[None])[0], self._body, self._size)

    def all(self, poses: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns poses of all nodes: those given (T, M, 7), then those of the pieces, which are as they are now."""
        return np.concatenate([poses, np.broadcast_to(self.rows, (len(poses), *self.rows.shape))], axis=1)


def plan(substeps: int, frames: int, looks_every: int) -> list[tuple[int, bool, bool]]:
    """Divides a control step.

    Args:
        substeps: Of the control step.
        frames: Shots in it.
        looks_every: Substeps between two looks at contacts; there is one at the end, too.

    Returns:
        Stretches: substeps to run, then whether to look at contacts, and whether to take a shot.
    """
    each = substeps // frames
    ends = sorted({*range(0, substeps, looks_every), *range(0, substeps, each), substeps})
    return [
        (end - begin, end % looks_every == 0 or end == substeps, end % each == 0)
        for begin, end in itertools.pairwise(ends)
    ]
