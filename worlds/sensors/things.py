"""Things in a room, and the sensor that observes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from housecat.core.obs_layout import THING_SIZE, THINGS
from worlds.bodies.body import yaw
from worlds.physics.client import STILL, UPRIGHT, Physics
from worlds.rendering.scene import Quaternion, Shape, Vector

SHAPES = ("sphere", "box", "cylinder")  # in the order of `THINGS.shape_one_hot`


@dataclass(eq=False)
class Thing:
    """A thing in a room: a rigid body, a link of an articulated one, or a visual-only one, which cannot be touched.

    Attributes:
        physics: The physics that it is in.
        shape: Its looks and its collision shape; its node is the thing's own.
        body: Number of its body in the physics.
        link: Link of the body; -1 is the base.
        mass: Mass (kg); 0 for one that cannot be pushed.
        visual_only: Whether it is seen but cannot be touched.
        color: Current colour: red, green, blue.
        glow: Current glow, 0 to 1.
        present: Whether it is in the room; a thing that is not lies far below.
        is_static: Whether it stays where it is placed, so that the physics need not be asked for its pose.
        position: Position of a static thing (m).
        orientation: Orientation of a static thing.
    """

    physics: Physics
    shape: Shape
    body: int
    link: int = -1
    mass: float = 0.0
    visual_only: bool = False
    color: Vector = field(init=False)
    glow: float = field(init=False)
    present: bool = True
    is_static: bool = field(init=False)
    position: Vector = STILL
    orientation: Quaternion = UPRIGHT

    def __post_init__(self) -> None:
        self.color, self.glow = self.shape.color, self.shape.glow
        self._kind = tuple(float(self.shape.kind == kind) for kind in SHAPES)
        self._shows_heading = self.shape.kind == "box"  # the heading of round shapes cannot be seen
        self._static_columns: tuple[float, ...] | None = None
        self.is_static = self.visual_only or (self.mass == 0.0 and self.link < 0)

    @property
    def name(self) -> str:
        """Name of its shape."""
        return self.shape.name

    @property
    def radius(self) -> float:
        """Radius (m) of the circle that it needs on the floor."""
        a, b, _ = self.shape.size
        return math.hypot(a, b) if self.shape.kind == "box" and a != b else max(a, b)

    @property
    def movable(self) -> bool:
        """Whether it can be pushed."""
        return self.mass > 0.0 and self.link < 0

    def pose(self) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation."""
        if self.is_static:
            return self.position, self.orientation
        if self.link >= 0:
            return self.physics.link_pose(self.body, self.link)
        return self.physics.pose(self.body)

    def place(self, x: float, y: float, z: float | None = None, heading: float = 0.0) -> None:
        """Places it in the room, upright and at rest.

        Args:
            x: Position along x (m).
            y: Position along y (m).
            z: Height of its centre (m); it stands on a floor at 0 when not given.
            heading: Rotation about z (rad).
        """
        self.present = True
        at = (x, y, self.shape.size[2] if z is None else z)
        self.set_pose(at, (0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)))

    def set_pose(self, position: Vector, orientation: Quaternion) -> None:
        """Sets its position (m) and orientation, at rest."""
        if self.is_static:
            self.physics.move(self.body, position, orientation)
            # The physics rounds orientations, and a restored state holds the rounded one: keep the same.
            self._set_static_pose(*((position, orientation) if self.visual_only else self.physics.pose(self.body)))
        else:
            self.physics.place(self.body, position, orientation)

    def pose_columns(self) -> tuple[float, ...]:
        """Returns the columns `THINGS.pose`."""
        if self.is_static:
            if self._static_columns is None:
                self._static_columns = _pose_columns(self.position, STILL, self.orientation, self._shows_heading)
            return self._static_columns
        if self.link >= 0:
            position, orientation = self.pose()
            return _pose_columns(position, STILL, orientation, self._shows_heading)
        position, orientation, velocity, _ = self.physics.state(self.body)
        return _pose_columns(position, velocity, orientation, self._shows_heading)

    def appearance_columns(self) -> tuple[float, ...]:
        """Returns the columns `THINGS.appearance`."""
        return (*self.shape.size, *self.color, *self._kind, self.glow, float(self.present))

    def state(self) -> dict[str, Any]:
        """Returns what the physics does not hold, as JSON types."""
        state: dict[str, Any] = {"color": self.color, "glow": self.glow, "present": self.present}
        return state | ({"position": self.position, "orientation": self.orientation} if self.visual_only else {})

    def set_state(self, state: dict[str, Any]) -> None:
        """Restores what `state` returned."""
        self.color, self.glow, self.present = tuple(state["color"]), state["glow"], state["present"]
        if self.visual_only:
            self._set_static_pose(tuple(state["position"]), tuple(state["orientation"]))
            self.physics.move(self.body, self.position, self.orientation)
        elif self.is_static:
            self._set_static_pose(*self.physics.pose(self.body))

    def _set_static_pose(self, position: Vector, orientation: Quaternion) -> None:
        self.position, self.orientation, self._static_columns = position, orientation, None


class ThingsSensor:
    """The sense ``things``: a row with the pose and the appearance of each thing.

    Args:
        things: The things, in the order of the rows.
    """

    def __init__(self, things: Sequence[Thing]) -> None:
        self._things = things
        self._rows = np.zeros((len(things), THING_SIZE), np.float32)
        self._last_appearance: list[tuple[Vector, float, bool]] = []

    def read(self) -> npt.NDArray[np.float32]:
        """Returns (K, F) rows with the columns of `THINGS`."""
        if not self._things:
            return self._rows.copy()
        appearance = [(thing.color, thing.glow, thing.present) for thing in self._things]
        if appearance != self._last_appearance:  # it seldom changes
            self._rows[:, THINGS.appearance] = [thing.appearance_columns() for thing in self._things]
            self._last_appearance = appearance
        self._rows[:, THINGS.pose] = [thing.pose_columns() for thing in self._things]
        return self._rows.copy()


def _pose_columns(
    position: Vector, velocity: Vector, orientation: Quaternion, shows_heading: bool
) -> tuple[float, ...]:
    if not shows_heading:
        return (*position, *velocity, 0.0, 1.0)
    heading = yaw(orientation)
    return (*position, *velocity, math.sin(heading), math.cos(heading))
