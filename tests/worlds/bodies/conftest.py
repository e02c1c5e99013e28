"""A room for tests of bodies."""

from __future__ import annotations

import worlds
from worlds.rooms.base import Room


def empty_playroom(body: str) -> Room:
    """A playroom with everything at its edges and the body in the middle, facing along x."""
    room = worlds.make("playroom", seed=1, body=body, frames_per_step=1)
    for i, toy in enumerate(room.toys):
        toy.place(-2.6, -2.5 + 0.5 * i)
    room.plate.place(2.0, 2.0)
    room.body.place(0.0, 0.0, 0.0)
    return room
