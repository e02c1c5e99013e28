"""What bodies are made of and feel: joints, motors, contacts."""

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
        mass: In kg.
        parent: Index of the parent link, counted from 1; 0 is the base.
        position: Of the joint (m), in the parent's frame.
        axis: Of rotation, in the parent's frame; None for a fixed joint.
        limits: Lower and upper angle (rad), or None for a wheel that turns without end.
        friction: Coulomb coefficient of its surface.
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
    """What a joint's motor is told; told again at every control step, since a restored state forgets it."""

    joint: int
    force: float
    velocity: float | None = None
    position: float = 0.0
    max_velocity: float = 8.0


class Contact(NamedTuple):  # made by the hundred in every step: a tuple is made three times as fast
    """A touch of two bodies; links are -1 for the base, and the force is in newtons."""

    link: int
    other: int
    force: float
