"""The base class of all bodies."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from worlds.physics import builders
from worlds.physics.client import Physics
from worlds.physics.joints import Contact, Joint
from worlds.rendering.scene import Quaternion, Shape, Vector

COMMON_READINGS = ("x", "y", "sin heading", "cos heading", "vx", "vy")  # come first in the `readings` of a body


class Body(ABC):
    """An articulated body of primitive links, added to a physics.

    A subclass declares its links, actions and readings, and defines the abstract methods.

    Args:
        physics: The physics to add it to.

    Attributes:
        name: Name of the body.
        actions: Names of the numbers in an action, each from -1 to 1.
        parts: Names of the parts that feel touch.
        readings: Names of the numbers in `proprioception`. The first six are the columns `BODY.common` of
            `housecat.core.obs_layout`.
        mirror_flips: Names of the readings and actions whose sign a mirror flips, where left and right in names are
            swapped; empty for a body without mirror symmetry.
        base: Collision shape of the base.
        mass: Mass of the base (kg).
        joints: Links and the joints that hold them.
        height: Height of the base's centre when it stands (m).
        clearance: Radius (m) that must be free where it is placed, so that it can face any way.
        radius: Radius (m) of the circle that it takes up on the floor.
        fall_threshold: `upright_cosine` below which it counts as fallen and is placed upright; None for a body that
            must right itself.
        feels_floor: Whether contacts with the floor count as touch.
        id: Number of the body in the physics.
    """

    name: ClassVar[str]
    actions: ClassVar[tuple[str, ...]]
    parts: ClassVar[tuple[str, ...]]
    readings: ClassVar[tuple[str, ...]]
    mirror_flips: ClassVar[tuple[str, ...]] = ()
    base: ClassVar[Shape]
    mass: ClassVar[float]
    joints: ClassVar[Sequence[Joint]]
    height: ClassVar[float]
    clearance: ClassVar[float]
    radius: ClassVar[float] = 0.2
    fall_threshold: ClassVar[float | None] = None
    feels_floor: ClassVar[bool] = False

    def __init__(self, physics: Physics) -> None:
        self.physics = physics
        self.id = builders.add_articulated(physics, self.base, self.mass, self.joints, (0.0, 0.0, self.height))
        builders.set_color(physics, self.id, self.base)
        for link, joint in enumerate(self.joints):
            builders.set_color(physics, self.id, joint.shape, link)

    def place(self, x: float, y: float, heading: float, floor: float = 0.0) -> None:
        """Places it at rest.

        Args:
            x: Position along x (m).
            y: Position along y (m).
            heading: Direction that it faces (rad).
            floor: Height of the floor (m).
        """
        turn = (0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2))
        self.physics.place(self.id, (x, y, floor + self.height), turn)

    @property
    def links(self) -> tuple[str, ...]:
        """Names of its links."""
        return tuple(joint.name for joint in self.joints)

    def pose(self) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation of its reference frame, which is that of its base."""
        return self.physics.pose(self.id)

    @abstractmethod
    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Sets the motors from an action (A,), until the next one."""

    @abstractmethod
    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception (n,), with the columns named by `readings`."""

    @abstractmethod
    def part_of_link(self, link: int) -> str:
        """Returns the name of the part, one of `parts`, that a link belongs to; -1 is the base."""

    @abstractmethod
    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the shapes to draw.

        Args:
            first: Node of the base; link i has node ``first + 1 + i``.
        """

    @abstractmethod
    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns the position of its eye (m), a point that it looks at (m), and its up direction."""

    def touched_part(self, contact: Contact) -> str:
        """Returns the name of the part that a contact touches."""
        return self.part_of_link(contact.link)

    def upright_cosine(self) -> float:
        """Returns the cosine of the angle between its up axis and the room's: 1 upright, below 0 overturned."""
        qx, qy, _, _ = self.physics.state(self.id)[1]
        return 1.0 - 2.0 * (qx * qx + qy * qy)


def yaw(q: tuple[float, float, float, float]) -> float:
    """Returns the rotation about z (rad) of a quaternion x, y, z, w."""
    x, y, z, w = q
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def rotate(q: tuple[float, float, float, float], v: Vector) -> Vector:
    """Returns a vector rotated by a quaternion x, y, z, w."""
    x, y, z, w = q
    a, b, c = v
    tx, ty, tz = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx
