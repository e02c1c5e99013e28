"""The part of a room that its fixtures use."""

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
        """The room's random generator."""
        ...

    @property
    def update_dt(self) -> float:
        """Seconds between two calls of `Fixture.update`."""
        ...

    def is_touched(self, name: str) -> bool:
        """Returns whether the body has touched a thing in this control step."""
        ...

    def add_thing(self, shape: Shape, mass: float = 0.0, *, visual_only: bool = False, **surface: float) -> Thing:
        """Adds a thing, which is observed by the sense ``things``."""
        ...

    def register_thing(self, thing: Thing) -> Thing:
        """Makes something that is already in the physics a thing."""
        ...

    def add_kinematic(self, shape: Shape, friction: float = 0.5, *, visual_only: bool = False) -> KinematicPart:
        """Adds a part of the room that can be placed elsewhere."""
        ...

    def add_articulated(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds an articulated body with an immovable base. Returns its number."""
        ...

    def sample_position(self, radius: float, margin: float) -> tuple[float, float]:
        """Draws a random free position (m), and reserves it."""
        ...

    def reserve(self, x: float, y: float, radius: float) -> None:
        """Reserves a circle (m)."""
        ...
