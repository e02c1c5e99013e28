"""Joints, motors and contacts of bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from worlds.rendering.scene import Shape, Vector


@dataclass(frozen=True)
class Joint:
    """A link of an articulated body and the joint that holds it.

    Attributes:
        name: Name of the link.
        shape: Its collision shape, centred on the link's frame shifted by ``shape.position``.
        mass: Mass of the link (kg).
        parent: Index of the parent link, counted from 1; 0 is the base.
        position: Position of the joint (m), in the parent's frame.
        axis: Axis of rotation or sliding, in the parent's frame; None for a fixed joint.
        limits: Lower and upper angle (rad), or None for a wheel without limits.
        friction: Coulomb coefficient of the link's surface.
        slides: Whether it slides along its axis (m) instead of turning about it.
    """

    name: str
    shape: Shape
    mass: float
    parent: int
    position: Vector
    axis: Vector | None
    limits: tuple[float, float] | None = None
    friction: float = 0.5
    slides: bool = False


@dataclass
class Motor:
    """The command of a joint's motor; sent again at every control step, since a restored state does not hold it.

    Attributes:
        joint: Index of the joint.
        force: Greatest force (N) or torque (N m).
        velocity: Target velocity (rad/s, m/s); None for position control.
        position: Target position (rad, m), for position control.
        max_velocity: Greatest velocity (rad/s, m/s), for position control.
    """

    joint: int
    force: float
    velocity: float | None = None
    position: float = 0.0
    max_velocity: float = 8.0


class Contact(NamedTuple):  # hundreds are made in every step, and a tuple is made three times as fast as a dataclass
    """A contact of a body with another one.

    Attributes:
        link: Link of the body that is touched; -1 is the base.
        other: Number of the other body.
        force: Normal force (N).
    """

    link: int
    other: int
    force: float
