"""A ramp to drive or crawl over: up on one side, down on the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from worlds.rooms.fixture import Fixture
from worlds.scene import Shape

if TYPE_CHECKING:
    from worlds.rooms.room import Room

SLOPE = math.radians(11.0)
LENGTH, WIDTH, THICK = 0.55, 0.40, 0.20  # half extents of each of its two boards (m), which are sunk into the floor
TOP = 2 * LENGTH * math.sin(SLOPE)  # height (m)
UP = Shape("ramp", "box", (LENGTH, WIDTH, THICK), (0.62, 0.50, 0.36), 0)
DOWN = Shape("ramp down", "box", (LENGTH, WIDTH, THICK), (0.70, 0.58, 0.44), 0)


class Ramp(Fixture):
    """Two thick boards that lean against each other; the one that leads up is sensed as the thing ``ramp``."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.up = room.add(UP, friction=0.9)
        self.down = room.piece(DOWN, friction=0.9)

    def lay_out(self) -> None:
        """Puts it somewhere in the room, along x or along y."""
        rng = self.room.np_random
        x, y = self.room.free(2 * LENGTH + 0.15, 2 * LENGTH + 0.5)
        heading = float(rng.integers(4)) * math.pi / 2
        for board, side in ((self.up, -1.0), (self.down, 1.0)):
            # The middle of the board's upper face is half way up; the board's own middle lies under it.
            out = LENGTH * math.cos(SLOPE) - THICK * math.sin(SLOPE)
            along = side * out
            z = TOP / 2 - THICK * math.cos(SLOPE)
            lean = side * SLOPE  # about y: a positive angle lets +x sink
            a, b = math.sin(lean / 2), math.cos(lean / 2)
            c, s = math.cos(heading / 2), math.sin(heading / 2)
            turn = (-s * a, c * a, s * b, c * b)
            at = (x + along * math.cos(heading), y + along * math.sin(heading), z)
            if board is self.up:
                self.up.put(at, turn)
            else:
                self.down.place(*at, turn)
