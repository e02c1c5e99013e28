"""Driving into things, for tests of rooms."""

from __future__ import annotations

import math

import numpy as np

from worlds.rooms.base import Room


def run_into(room: Room, name: str, steps: int = 6) -> None:
    """Lets the kitten drive into a thing at a wall, from the room's inside."""
    x, y, _ = map(float, room.truth()["things.position"][room.things.index(name)])
    for toy in room.toys:
        if math.dist(toy.pose()[0][:2], (x, y)) < 1.6:
            toy.place(0.4, 0.5 * room.toys.index(toy) - 1.0)
    edge = [abs(x) / room.size[0], abs(y) / room.size[1]]
    out = (math.copysign(1.0, x), 0.0) if edge[0] > edge[1] else (0.0, math.copysign(1.0, y))
    room.body.place(x - 0.75 * out[0], y - 0.75 * out[1], math.atan2(out[1], out[0]))
    for _ in range(steps):
        room.step(np.array([1, 0, 0, 0, 1], np.float32))
