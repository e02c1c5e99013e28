"""What the author of a room writes, and the kit for it: floor, walls, things, pieces, fixtures, and free places."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from housecat.core.errors import UserError
from worlds.env import World
from worlds.physics import builders as building
from worlds.physics.joints import Joint
from worlds.rendering.scene import Shape, Vector
from worlds.rooms.fixtures.base import Fixture
from worlds.rooms.pieces import AWAY, Piece
from worlds.rooms.placement import Places
from worlds.sensors.things import Thing

WALL = 0.35  # height of the walls (m)


class Furnished(World):
    """A world that is furnished by its author.

    Args:
        senses: Names of the senses in an observation.
        **options: Of every world, see `World`.

    Attributes:
        size: Side lengths of the room along x and y (m).
        places: Which are taken, while it is laid out.
    """

    size: tuple[float, float] = (6.0, 6.0)

    def __init__(self, senses: Sequence[str], **options: Any) -> None:
        super().__init__(senses, **options)
        self.places = Places(self.size)
        self._things: list[Thing] = []
        self._statics: list[Shape] = []
        self._barriers: list[Shape] = []
        self._floors: set[int] = set()
        self._jointed: list[int] = []
        self._pieces: list[Piece] = []
        self._fixtures: list[Fixture] = []
        self._decor: list[tuple[Thing, Shape]] = []

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things, in the order of the sense ``things``."""
        return tuple(thing.name for thing in self._things)

    # What makes it this room.

    @abstractmethod
    def furnish(self) -> None:
        """Adds floor, walls and things: `floor`, `walls`, `block`, `add`."""

    @abstractmethod
    def lay_out(self) -> None:
        """Puts the things where they begin, by `self.np_random` and `free`; the body is put last, by `settle`."""

    def happen(self) -> None:  # most rooms have nothing that goes on by itself
        """Lets happen what goes on by itself; called every `happens_every` seconds, after touches were felt."""

    def tick(self) -> None:
        """Begins a control step; `touches` are still those of the last one."""

    def switch(self, target: str, setting: str) -> None:
        """Sets what a user may set while the room runs, for the event `Switch`."""
        raise UserError(f"{target!r} cannot be set to {setting!r}: nothing can be set in this room")

    def level(self, x: float, y: float) -> float:
        """Returns the height (m) of the ground at a place."""
        return 0.0

    def heat(self) -> float:
        """Returns how hot it is below the body: 0 as the room, 1 as hot as a plate gets."""
        return 0.0

    def feeds(self) -> bool:
        """Tells whether the body is being fed."""
        return False

    def cue(self) -> Sequence[float]:
        """Returns what lamps and sounds tell now, one number from -1 to 1 for each of `cues`."""
        return ()

    # The kit, once, in `furnish`.

    def floor(self, color: Vector = (0.80, 0.70, 0.58)) -> None:
        """Adds a flat floor under the whole room."""
        x, y = self.size
        shape = Shape("floor", "box", (x / 2 + 0.1, y / 2 + 0.1, 0.5), color, 0, (0.0, 0.0, -0.5))
        self._floors.add(self.block(shape, friction=0.8))

    def walls(self, height: float = WALL) -> None:
        """Adds four walls around the room."""
        for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1)):
            edge, other = self.size[axis] / 2 + 0.05, self.size[1 - axis] / 2 + 0.1
            size = (0.05, other, height / 2) if axis == 0 else (other, 0.05, height / 2)
            at = (side * edge, 0.0, height / 2) if axis == 0 else (0.0, side * edge, height / 2)
            self.block(Shape(f"wall {'xy'[axis]}{'-+'[side > 0]}", "box", size, (0.86, 0.84, 0.80), 0, at), 0.3)

    def block(self, shape: Shape, friction: float, *, bars: bool = False) -> int:
        """Adds what belongs to the room itself and never moves. Returns its number in the physics.

        Args:
            shape: How it looks.
            friction: Of its surface.
            bars: Whether it is a box that stands in the way inside the room: nothing is then put into it.
        """
        if bars:
            self._barriers.append(shape)
        body = building.add(self.physics, shape, 0.0, (0.0, 0.0, 0.0), friction=friction)
        building.paint(self.physics, body, shape)
        self._statics.append(shape)
        return body

    def add(self, shape: Shape, mass: float = 0.0, *, ghost: bool = False, **surface: float) -> Thing:
        """Adds a thing that is sensed; see `building.add` for its surface. A mass of 0 stays where it is put."""
        if ghost:
            body = building.add_ghost(self.physics, shape)
        else:
            # Somewhere above the room and apart: a physics remembers what overlapped.
            body = building.add(self.physics, shape, mass, (0.0, 0.0, 1.0 + len(self._things)), **surface)
            building.paint(self.physics, body, shape)
        return self.watch(Thing(self.physics, shape, body, mass=mass, ghost=ghost))

    def watch(self, thing: Thing) -> Thing:
        """Makes something that is in the physics one of the things that are sensed."""
        self._things.append(thing)
        return thing

    def piece(self, shape: Shape, friction: float = 0.5, *, ghost: bool = False) -> Piece:
        """Adds a part of the room that a layout, or a fixture, may put elsewhere."""
        if ghost:
            body = building.add_ghost(self.physics, shape)
        else:
            # Below the floor and apart, so that nothing overlaps before it is put in place.
            below = (0.0, 0.0, -100.0 - 5.0 * len(self._pieces))
            body = building.add(self.physics, shape, 0.0, below, friction=friction)
            building.paint(self.physics, body, shape)
        self._pieces.append(Piece(self.physics, shape, body, ghost, np.zeros(7, np.float32)))
        return self._pieces[-1]

    def decorate(self, thing: Thing, shape: Shape) -> None:
        """Adds to how a thing looks; the shape moves with it."""
        self._decor.append((thing, shape))

    def hinge(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds something jointed whose base stays where it is put, such as a lever. Returns its number."""
        at = (0.0, 0.0, 100.0 + 5.0 * len(self._jointed))
        self._jointed.append(building.add_articulated(self.physics, base, 0.0, joints, at))
        return self._jointed[-1]

    def fit(self, fixture: Fixture) -> None:
        """Fits the room with something that does something."""
        self._fixtures.append(fixture)

    def cellar(self) -> None:
        """Adds what things lie on that are not there at the moment, far below the room and out of sight."""
        shape = Shape("cellar", "box", (20.0, 20.0, 0.5), (0.0, 0.0, 0.0), 0)
        building.add(self.physics, shape, 0.0, (0.0, 0.0, AWAY[2] - 0.5))

    # The kit, at every reset, in `lay_out`.

    def free(self, radius: float, margin: float) -> tuple[float, float]:
        """Finds a place (m) for something of some radius, away from all found before and from the room's edge.

        Raises:
            UserError: If there is none.
        """
        return self.places.free(radius, margin, self.np_random)

    def take(self, x: float, y: float, radius: float) -> None:
        """Notes that a place is taken, for `free`."""
        self.places.take(x, y, radius)

    def leave(self, thing: Thing) -> None:
        """Takes a thing out of the room; `Thing.place` brings it back."""
        thing.place(float(self._things.index(thing)), 0.0, AWAY[2] + thing.shape.size[2])
        thing.present = False

    # For a world that is drawn without OpenGL.

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Any:
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser, where OpenGL is missing."""
        for piece in self._pieces:
            piece.show()
        return super().tiny_render(width, height, eye, target, fov)
