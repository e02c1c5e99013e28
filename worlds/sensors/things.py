"""Things in a room: what they are made of, where they are, and how they look to the senses."""

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
    """A thing in a room: a body, a link of one, or a ghost, which is seen but cannot be touched.

    Attributes:
        physics: That it is in.
        shape: How it looks and what it collides with; its node is the thing's own.
        body: Number of its body in the physics.
        link: Of the body; -1 is the base.
        mass: In kg; 0 does not move.
        visual_only: Whether it cannot be touched.
        color: Red, green, blue, now.
        glow: 0 to 1, now.
        present: Whether it is there; a thing that is not lies far below the room.
        is_static: Whether it stays where it is put, so that nobody need ask the physics.
        position: Of what rests (m).
        orientation: Of what rests.
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
        self._turns = self.shape.kind == "box"  # of others nobody sees how they are turned
        self._static_motion: tuple[float, ...] | None = None
        self.is_static = self.visual_only or (self.mass == 0.0 and self.link < 0)

    @property
    def name(self) -> str:
        """What a person would call it."""
        return self.shape.name

    @property
    def radius(self) -> float:
        """Half width (m) of the space that it needs on the floor."""
        a, b, _ = self.shape.size
        return math.hypot(a, b) if self.shape.kind == "box" and a != b else max(a, b)

    @property
    def movable(self) -> bool:
        """Whether it can be pushed about."""
        return self.mass > 0.0 and self.link < 0

    def pose(self) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation."""
        if self.is_static:
            return self.position, self.orientation
        if self.link >= 0:
            return self.physics.link_pose(self.body, self.link)
        return self.physics.pose(self.body)

    def place(self, x: float, y: float, z: float | None = None, heading: float = 0.0) -> None:
        """Puts it somewhere at rest (m, rad), where it is there to be seen; on the floor when no height is given."""
        self.present = True
        at = (x, y, self.shape.size[2] if z is None else z)
        self.set_pose(at, (0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2)))

    def set_pose(self, position: Vector, orientation: Quaternion) -> None:
        """Puts it somewhere at rest, turned in any way."""
        if self.is_static:
            self.physics.move(self.body, position, orientation)
            # The physics rounds a turn; what is restored later is what it has, not what it was told.
            self._set_static_pose(*((position, orientation) if self.visual_only else self.physics.pose(self.body)))
        else:
            self.physics.place(self.body, position, orientation)

    def motion(self) -> tuple[float, ...]:
        """Returns the columns `THINGS.pose`."""
        if self.is_static:
            if self._static_motion is None:
                self._static_motion = _motion_columns(self.position, STILL, self.orientation, self._turns)
            return self._static_motion
        if self.link >= 0:
            position, turn = self.pose()
            return _motion_columns(position, STILL, turn, self._turns)
        position, turn, velocity, _ = self.physics.state(self.body)
        return _motion_columns(position, velocity, turn, self._turns)

    def appearance(self) -> tuple[float, ...]:
        """Returns the columns `THINGS.appearance`."""
        return (*self.shape.size, *self.color, *self._kind, self.glow, float(self.present))

    def state(self) -> dict[str, Any]:
        """Returns what the physics does not keep, fit for JSON."""
        state: dict[str, Any] = {"color": self.color, "glow": self.glow, "present": self.present}
        return state | ({"position": self.position, "orientation": self.orientation} if self.visual_only else {})

    def set_state(self, state: dict[str, Any]) -> None:
        """Puts back what `state` returned."""
        self.color, self.glow, self.present = tuple(state["color"]), state["glow"], state["present"]
        if self.visual_only:
            self._set_static_pose(tuple(state["position"]), tuple(state["orientation"]))
            self.physics.move(self.body, self.position, self.orientation)
        elif self.is_static:
            self._set_static_pose(*self.physics.pose(self.body))

    def _set_static_pose(self, position: Vector, orientation: Quaternion) -> None:
        self.position, self.orientation, self._static_motion = position, orientation, None


class ThingsSensor:
    """The sense ``things``: a row for each thing, where it is and how it looks, not what it is for.

    Args:
        things: In the order of the rows.
    """

    def __init__(self, things: Sequence[Thing]) -> None:
        self._things = things
        self._rows = np.zeros((len(things), THING_SIZE), np.float32)
        self._known: list[tuple[Vector, float, bool]] = []

    def read(self) -> npt.NDArray[np.float32]:
        """Returns (K, F), see `Thing.motion` and `Thing.appearance`."""
        if not self._things:
            return self._rows.copy()
        looks = [(thing.color, thing.glow, thing.present) for thing in self._things]
        if looks != self._known:  # looks seldom change
            self._rows[:, THINGS.appearance] = [thing.appearance() for thing in self._things]
            self._known = looks
        self._rows[:, THINGS.pose] = [thing.motion() for thing in self._things]
        return self._rows.copy()


def _motion_columns(position: Vector, velocity: Vector, turn: Quaternion, turns: bool) -> tuple[float, ...]:
    if not turns:
        return (*position, *velocity, 0.0, 1.0)
    heading = yaw(turn)
    return (*position, *velocity, math.sin(heading), math.cos(heading))
