"""Building rooms: the methods that a room defines, and those that it calls to add and to place things."""

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

WALL = 0.35  # height of walls (m)


class RoomBuilder(World):
    """The methods with which a room is built.

    Args:
        senses: Names of the senses in an observation.
        **options: Options of every world, see `World`.

    Attributes:
        size: Side lengths of the room along x and y (m).
        placement: The positions that are taken, while an episode is initialized.
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

    # What a room defines.

    @abstractmethod
    def build(self) -> None:
        """Adds floor, walls, things and fixtures; called once, by the constructor."""

    @abstractmethod
    def initialize_episode(self) -> None:
        """Places the things; called at every `reset`, before `place_body`.

        Draw random numbers from `self.np_random` and `sample_position` alone, so that a seed fixes the episode.
        """

    def update(self) -> None:
        """Changes the room by itself; called every `update_dt` seconds of a step, after contacts were read."""

    def before_step(self) -> None:
        """Starts a control step; `contact_forces` are still those of the last one."""

    def set_parameter(self, name: str, value: str) -> None:
        """Sets a parameter that a user may change while the room runs; the event `Switch` calls it.

        Raises:
            UserError: If the room has no such parameter, or it does not take such a value.
        """
        raise UserError(f"{name!r} cannot be set to {value!r}: nothing can be set in this room")

    def ground_height(self, x: float, y: float) -> float:
        """Returns the height (m) of the ground at a position (m)."""
        return 0.0

    def ground_heat(self) -> float:
        """Returns the heat of the ground below the body, from 0 (ambient) to 1 (the hottest plate)."""
        return 0.0

    def is_fed(self) -> bool:
        """Returns whether the body is being fed."""
        return False

    def cue_values(self) -> Sequence[float]:
        """Returns the current cues, such as lamps and sounds: a number from -1 to 1 for each of `cue_names`."""
        return ()

    # What `build` calls.

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
        """Adds a part of the room that never moves. Returns the number of its body.

        Args:
            shape: Its looks and its collision shape.
            friction: Coulomb coefficient of its surface.
            obstacle: Whether it is a box inside the room, in which nothing may be placed.
        """
        if obstacle:
            self._barriers.append(shape)
        body = builders.add_body(self.physics, shape, 0.0, (0.0, 0.0, 0.0), friction=friction)
        builders.set_color(self.physics, body, shape)
        self._statics.append(shape)
        return body

    def add_thing(self, shape: Shape, mass: float = 0.0, *, visual_only: bool = False, **surface: float) -> Thing:
        """Adds a thing, which is observed by the sense ``things``.

        Args:
            shape: Its looks and its collision shape.
            mass: Mass (kg); 0 for a thing that cannot be pushed.
            visual_only: Whether it is seen but cannot be touched.
            **surface: Friction, rolling, restitution and damping, see `worlds.physics.builders.add_body`.
        """
        if visual_only:
            body = builders.add_visual(self.physics, shape)
        else:
            # Above the room and apart: a physics caches the contacts of what overlaps.
            body = builders.add_body(self.physics, shape, mass, (0.0, 0.0, 1.0 + len(self._things)), **surface)
            builders.set_color(self.physics, body, shape)
        return self.register_thing(Thing(self.physics, shape, body, mass=mass, visual_only=visual_only))

    def register_thing(self, thing: Thing) -> Thing:
        """Makes something that is already in the physics a thing, which is observed by the sense ``things``."""
        self._things.append(thing)
        return thing

    def add_kinematic(self, shape: Shape, friction: float = 0.5, *, visual_only: bool = False) -> KinematicPart:
        """Adds a part of the room that can be placed elsewhere, but does not move by itself and is no thing.

        Args:
            shape: Its looks and its collision shape.
            friction: Coulomb coefficient of its surface.
            visual_only: Whether it is seen but cannot be touched.
        """
        if visual_only:
            body = builders.add_visual(self.physics, shape)
        else:
            # Below the floor and apart, so that nothing overlaps before it is placed.
            below = (0.0, 0.0, -100.0 - 5.0 * len(self._kinematic_parts))
            body = builders.add_body(self.physics, shape, 0.0, below, friction=friction)
            builders.set_color(self.physics, body, shape)
        self._kinematic_parts.append(KinematicPart(self.physics, shape, body, visual_only, np.zeros(7, np.float32)))
        return self._kinematic_parts[-1]

    def add_decoration(self, thing: Thing, shape: Shape) -> None:
        """Adds a shape to the looks of a thing; it moves with the thing."""
        self._decor.append((thing, shape))

    def add_articulated(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds an articulated body with an immovable base, such as a lever. Returns its number."""
        at = (0.0, 0.0, 100.0 + 5.0 * len(self._jointed))
        self._jointed.append(builders.add_articulated(self.physics, base, 0.0, joints, at))
        return self._jointed[-1]

    def add_fixture(self, fixture: Fixture) -> None:
        """Adds a fixture; its hooks are called after those of the room."""
        self._fixtures.append(fixture)

    def add_storage_floor(self) -> None:
        """Adds a floor far below the room, on which things lie that were removed by `remove_thing`."""
        shape = Shape("storage floor", "box", (20.0, 20.0, 0.5), (0.0, 0.0, 0.0), 0)
        builders.add_body(self.physics, shape, 0.0, (0.0, 0.0, AWAY[2] - 0.5))

    # What `initialize_episode` calls.

    def sample_position(self, radius: float, margin: float) -> tuple[float, float]:
        """Draws a random free position (m), and reserves it.

        Args:
            radius: Radius of what is to be placed (m).
            margin: Distance to keep from the edge of the room (m).

        Raises:
            UserError: If there is no free position.
        """
        return self.placement.sample(radius, margin, self.np_random)

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Reserves a circle (m), so that `sample_position` keeps away from it."""
        self.placement.reserve(x, y, radius)

    def remove_thing(self, thing: Thing) -> None:
        """Removes a thing from the room; `Thing.place` brings it back."""
        thing.place(float(self._things.index(thing)), 0.0, AWAY[2] + thing.shape.size[2])
        thing.present = False

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Any:
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser; see `Physics.render`."""
        for part in self._kinematic_parts:
            part.sync_visual()
        return super().tiny_render(width, height, eye, target, fov)
