"""What the author of a room writes, and the kit for it: floor, walls, things, pieces, fixtures, and free places."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from housecat.core.errors import UserError
from worlds.env import World
from worlds.physics import builders
from worlds.physics.joints import Joint
from worlds.rendering.scene import Shape, Vector
from worlds.rooms.fixtures.base import Fixture
from worlds.rooms.kinematic import AWAY, KinematicPart
from worlds.rooms.placement import PlacementSampler
from worlds.sensors.things import Thing

WALL = 0.35  # height of the walls (m)


class RoomBuilder(World):
    """A world that is furnished by its author.

    Args:
        senses: Names of the senses in an observation.
        **options: Of every world, see `World`.

    Attributes:
        size: Side lengths of the room along x and y (m).
        placement: The places that are taken while an episode is laid out.
    """

    size: tuple[float, float] = (6.0, 6.0)

    def __init__(self, senses: Sequence[str], **options: Any) -> None:
        super().__init__(senses, **options)
        self.placement = PlacementSampler(self.size)
        self._things: list[Thing] = []
        self._statics: list[Shape] = []
        self._barriers: list[Shape] = []
        self._floors: set[int] = set()
        self._jointed: list[int] = []
        self._kinematic_parts: list[KinematicPart] = []
        self._fixtures: list[Fixture] = []
        self._decor: list[tuple[Thing, Shape]] = []

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things, in the order of the sense ``things``."""
        return tuple(thing.name for thing in self._things)

    # What makes it this room.

    @abstractmethod
    def build(self) -> None:
        """Adds floor, walls and things: `add_floor`, `add_walls`, `add_static`, `add_thing`."""

    @abstractmethod
    def initialize_episode(self) -> None:
        """Puts the things where they begin, at every `reset`; `place_body` then places the body.

        All chance comes from `self.np_random` and `sample_position`, so that a seed fixes the episode.
        """

    def update(self) -> None:  # most rooms have nothing that goes on by itself
        """Lets happen what goes on by itself; called every `update_dt` seconds, after touches were felt."""

    def before_step(self) -> None:
        """Begins a control step; `contact_forces` are still those of the last one."""

    def set_parameter(self, name: str, value: str) -> None:
        """Sets a parameter that a user may change while the room runs; the event `Switch` calls it.

        Raises:
            UserError: If the room has no such parameter, or it does not take such a value.
        """
        raise UserError(f"{name!r} cannot be set to {value!r}: nothing can be set in this room")

    def ground_height(self, x: float, y: float) -> float:
        """Returns the height (m) of the ground at a place."""
        return 0.0

    def ground_heat(self) -> float:
        """Returns how hot it is below the body: 0 as the room, 1 as hot as a plate gets."""
        return 0.0

    def is_fed(self) -> bool:
        """Tells whether the body is being fed."""
        return False

    def cue_values(self) -> Sequence[float]:
        """Returns what lamps and sounds tell now, one number from -1 to 1 for each of `cue_names`."""
        return ()

    # The kit, once, in `build`.

    def add_floor(self, color: Vector = (0.80, 0.70, 0.58)) -> None:
        """Adds a flat floor under the whole room."""
        x, y = self.size
        shape = Shape("floor", "box", (x / 2 + 0.1, y / 2 + 0.1, 0.5), color, 0, (0.0, 0.0, -0.5))
        self._floors.add(self.add_static(shape, friction=0.8))

    def add_walls(self, height: float = WALL) -> None:
        """Adds four walls around the room."""
        for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1)):
            edge, other = self.size[axis] / 2 + 0.05, self.size[1 - axis] / 2 + 0.1
            size = (0.05, other, height / 2) if axis == 0 else (other, 0.05, height / 2)
            at = (side * edge, 0.0, height / 2) if axis == 0 else (0.0, side * edge, height / 2)
            self.add_static(Shape(f"wall {'xy'[axis]}{'-+'[side > 0]}", "box", size, (0.86, 0.84, 0.80), 0, at), 0.3)

    def add_static(self, shape: Shape, friction: float, *, obstacle: bool = False) -> int:
        """Adds what belongs to the room itself and never moves. Returns its number in the physics.

        Args:
            shape: How it looks.
            friction: Of its surface.
            obstacle: Whether it is a box that stands in the way inside the room: nothing is then put into it.
        """
        if obstacle:
            self._barriers.append(shape)
        body = builders.add_body(self.physics, shape, 0.0, (0.0, 0.0, 0.0), friction=friction)
        builders.set_color(self.physics, body, shape)
        self._statics.append(shape)
        return body

    def add_thing(self, shape: Shape, mass: float = 0.0, *, visual_only: bool = False, **surface: float) -> Thing:
        """Adds a thing that is sensed; see `builders.add_body` for its surface. A mass of 0 stays where it is put."""
        if visual_only:
            body = builders.add_visual(self.physics, shape)
        else:
            # Somewhere above the room and apart: a physics remembers what overlapped.
            body = builders.add_body(self.physics, shape, mass, (0.0, 0.0, 1.0 + len(self._things)), **surface)
            builders.set_color(self.physics, body, shape)
        return self.register_thing(Thing(self.physics, shape, body, mass=mass, visual_only=visual_only))

    def register_thing(self, thing: Thing) -> Thing:
        """Makes something that is in the physics one of the things that are sensed."""
        self._things.append(thing)
        return thing

    def add_kinematic(self, shape: Shape, friction: float = 0.5, *, visual_only: bool = False) -> KinematicPart:
        """Adds a part of the room that a layout, or a fixture, may put elsewhere."""
        if visual_only:
            body = builders.add_visual(self.physics, shape)
        else:
            # Below the floor and apart, so that nothing overlaps before it is put in place.
            below = (0.0, 0.0, -100.0 - 5.0 * len(self._kinematic_parts))
            body = builders.add_body(self.physics, shape, 0.0, below, friction=friction)
            builders.set_color(self.physics, body, shape)
        self._kinematic_parts.append(KinematicPart(self.physics, shape, body, visual_only, np.zeros(7, np.float32)))
        return self._kinematic_parts[-1]

    def add_decoration(self, thing: Thing, shape: Shape) -> None:
        """Adds to how a thing looks; the shape moves with it."""
        self._decor.append((thing, shape))

    def add_articulated(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds something jointed whose base stays where it is put, such as a lever. Returns its number."""
        at = (0.0, 0.0, 100.0 + 5.0 * len(self._jointed))
        self._jointed.append(builders.add_articulated(self.physics, base, 0.0, joints, at))
        return self._jointed[-1]

    def add_fixture(self, fixture: Fixture) -> None:
        """Fits the room with something that does something."""
        self._fixtures.append(fixture)

    def add_storage_floor(self) -> None:
        """Adds what things lie on that are not there at the moment, far below the room and out of sight."""
        shape = Shape("cellar", "box", (20.0, 20.0, 0.5), (0.0, 0.0, 0.0), 0)
        builders.add_body(self.physics, shape, 0.0, (0.0, 0.0, AWAY[2] - 0.5))

    # The kit, at every reset, in `initialize_episode`.

    def sample_position(self, radius: float, margin: float) -> tuple[float, float]:
        """Finds a place (m) for something of some radius, away from all found before and from the room's edge.

        Raises:
            UserError: If there is none.
        """
        return self.placement.sample(radius, margin, self.np_random)

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Notes that a place is taken, for `sample_position`."""
        self.placement.reserve(x, y, radius)

    def remove_thing(self, thing: Thing) -> None:
        """Takes a thing out of the room; `Thing.place` brings it back."""
        thing.place(float(self._things.index(thing)), 0.0, AWAY[2] + thing.shape.size[2])
        thing.present = False

    # For a world that is drawn without OpenGL.

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Any:
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser, where OpenGL is missing."""
        for piece in self._kinematic_parts:
            piece.show()
        return super().tiny_render(width, height, eye, target, fov)
