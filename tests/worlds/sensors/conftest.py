"""A room for tests of seeing."""

from __future__ import annotations

import worlds
from worlds.env import World


def staged_playroom(**options: object) -> World:
    """Returns a room with the kitten in the west, facing east, and all toys behind it."""
    world = worlds.make("playroom", seed=7, **options)
    for i, toy in enumerate(world.toys):
        toy.place(-2.7, -2.5 + 0.8 * i)
    world.plate.place(2.0, 2.3, 0.0)
    world.feeder.place(2.8, -2.8)
    world.body.place(-1.5, 0.0, 0.0)
    return world
