"""Bodies that an agent controls, each in a file of its own."""

from __future__ import annotations

from worlds.bodies.arm import Arm
from worlds.bodies.body import Body, rotate, yaw
from worlds.bodies.crawler import Crawler
from worlds.bodies.kitten import Kitten
from worlds.bodies.octopus import Octopus

__all__ = ["BODIES", "Body", "rotate", "yaw"]

BODIES: dict[str, type[Body]] = {body.name: body for body in (Kitten, Crawler, Octopus, Arm)}
