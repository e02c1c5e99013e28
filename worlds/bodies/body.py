"""What every body is: links and joints in a physics, driven by actions, felt by proprioception and touch."""

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

    A subclass names its links and what it can do and feel; `act` and `proprioception` do the rest.

    Attributes:
        name: What a room calls it.
        actions: Names of the numbers in an action, each from -1 to 1.
        parts: Names of the parts that feel touch.
        readings: Names of the numbers in `proprioception`. The first six are the columns `BODY.common` of
            `housecat.core.obs_layout`.
        mirror_flips: Those numbers of readings and actions that change their sign in a mirror, where left and right in
            names change places; none for a body that is not alike on both sides.
        base: Shape of the base.
        mass: Of the base (kg).
        joints: Links and the joints that hold them.
        height: Of the base's centre when it stands (m).
        clearance: Radius (m) in which nothing may be where it is put, whichever way it faces.
        radius: Half width (m) of the space that it takes.
        fall_threshold: Cosine of the tilt from which it counts as fallen, and is put on its feet; None where it must
            right itself.
        feels_floor: Whether the floor counts as touched.
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
        """Puts it at rest on a floor of some height (m), facing `heading` (rad)."""
        turn = (0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2))
        self.physics.place(self.id, (x, y, floor + self.height), turn)

    @property
    def links(self) -> tuple[str, ...]:
        """Names of its links."""
        return tuple(joint.name for joint in self.joints)

    def pose(self) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation of what counts as where it is: its base."""
        return self.physics.pose(self.id)

    @abstractmethod
    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Tells the motors what to do from now on."""

    @abstractmethod
    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception, as named by `readings`."""

    @abstractmethod
    def part_of_link(self, link: int) -> str:
        """Names the part, one of `parts`, that a link belongs to; -1 is the base."""

    @abstractmethod
    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the shapes to draw; the base is node `first` and link i is node ``first + 1 + i``."""

    @abstractmethod
    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns where its eye is, a point that it looks at (m), and which way is up for it."""

    def touched_part(self, contact: Contact) -> str:
        """Names the part that a contact touches."""
        return self.part_of_link(contact.link)

    def upright_cosine(self) -> float:
        """Returns the cosine of the angle between its up and the room's: 1 upright, below 0 overturned."""
        qx, qy, _, _ = self.physics.state(self.id)[1]
        return 1.0 - 2.0 * (qx * qx + qy * qy)


def yaw(q: tuple[float, float, float, float]) -> float:
    """Returns the rotation about z (rad) of a quaternion x, y, z, w."""
    x, y, z, w = q
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def rotate(q: tuple[float, float, float, float], v: Vector) -> Vector:
    """Turns a vector by a quaternion x, y, z, w."""
    x, y, z, w = q
    a, b, c = v
    tx, ty, tz = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx
