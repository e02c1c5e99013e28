"""What a fixture may ask of the room that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from worlds.physics.client import Physics
from worlds.physics.joints import Joint
from worlds.rendering.scene import Shape
from worlds.rooms.kinematic import KinematicPart
from worlds.sensors.things import Thing


class RoomContext(Protocol):
    """A room as its fixtures see it.

    Attributes:
        physics: The physics that the room is built in.
        size: Side lengths of the room along x and y (m).
    """

    physics: Physics
    size: tuple[float, float]

    @property
    def np_random(self) -> np.random.Generator:
        """The room's random numbers."""
        ...

    @property
    def update_dt(self) -> float:
        """Seconds between two calls of `Fixture.update`."""
        ...

    def is_touched(self, name: str) -> bool:
        """Returns whether the body has touched a thing in this control step."""
        ...

    def add_thing(self, shape: Shape, mass: float = 0.0, *, visual_only: bool = False, **surface: float) -> Thing:
        """Adds a thing that is sensed."""
        ...

    def register_thing(self, thing: Thing) -> Thing:
        """Makes something that is in the physics one of the things that are sensed."""
        ...

    def add_kinematic(self, shape: Shape, friction: float = 0.5, *, visual_only: bool = False) -> KinematicPart:
        """Adds a part of the room that can be put elsewhere."""
        ...

    def add_articulated(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds something jointed whose base stays where it is put; returns the number of its body."""
        ...

    def sample_position(self, radius: float, margin: float) -> tuple[float, float]:
        """Finds a free place (m) for something of some radius."""
        ...

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Notes that a place (m) is taken."""
        ...
