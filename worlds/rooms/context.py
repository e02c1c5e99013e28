"""What a fixture may ask of the room that it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from worlds.physics.client import Physics
from worlds.physics.joints import Joint
from worlds.rendering.scene import Shape
from worlds.rooms.pieces import Piece
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
    def touches(self) -> Mapping[tuple[str, str], float]:
        """Strongest force (N) in this control step, by part of the body and name of the thing."""
        ...

    @property
    def happens_every(self) -> float:
        """Seconds between two calls of `Fixture.happen`."""
        ...

    def add(self, shape: Shape, mass: float = 0.0, *, ghost: bool = False, **surface: float) -> Thing:
        """Adds a thing that is sensed."""
        ...

    def watch(self, thing: Thing) -> Thing:
        """Makes something that is in the physics one of the things that are sensed."""
        ...

    def piece(self, shape: Shape, friction: float = 0.5, *, ghost: bool = False) -> Piece:
        """Adds a part of the room that can be put elsewhere."""
        ...

    def hinge(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds something jointed whose base stays where it is put; returns the number of its body."""
        ...

    def free(self, radius: float, margin: float) -> tuple[float, float]:
        """Finds a free place (m) for something of some radius."""
        ...

    def take(self, x: float, y: float, radius: float) -> None:
        """Notes that a place (m) is taken."""
        ...
