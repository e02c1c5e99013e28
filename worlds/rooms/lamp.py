"""A lamp that shines or does not, and the switch that works it from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from worlds.rooms.fixture import Fixture
from worlds.scene import Shape

if TYPE_CHECKING:
    from worlds.rooms.room import Room

BULB, POLE = 0.10, 0.30  # radius of the bulb and half height of its pole (m)
LAMP = Shape("lamp", "sphere", (BULB,) * 3, (0.62, 0.60, 0.55), 0)
STEM = Shape("lamp pole", "cylinder", (0.035, 0.035, POLE), (0.35, 0.35, 0.38), 0)
SHINE = Shape("lamp light", "sphere", (BULB + 0.012,) * 3, (1.0, 0.90, 0.45), 0, glow=1.0, solid=False)
SWITCH = Shape("switch", "box", (0.09, 0.09, 0.10), (0.92, 0.92, 0.30), 0)


class Lamp(Fixture):
    """A bulb on a pole. It glows when it is on: for the senses by its feature, for the eye by a shining shape."""

    memory: tuple[str, ...] = ("on",)

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.on = False
        self.bulb = room.add(LAMP)
        self.pole = room.piece(STEM)
        self.shine = room.piece(SHINE, ghost=True)

    def place(self, x: float, y: float) -> None:
        """Puts it somewhere (m), switched off."""
        self.pole.place(x, y, POLE)
        self.bulb.place(x, y, 2 * POLE + BULB)
        self.set(False)

    def set(self, on: bool) -> None:
        """Switches it on or off."""
        self.on = on
        self.bulb.glow = float(on)
        if on:
            self.shine.place(*self.bulb.pose()[0])
        else:
            self.shine.hide()

    def truth(self) -> Mapping[str, Any]:
        """Returns whether it is on."""
        return {"lamp.on": self.on}


class SwitchedLamp(Lamp):
    """A lamp in one corner of the room, worked by touching a switch elsewhere: an effect away from its cause."""

    memory = ("on", "held")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.button = room.add(SWITCH)
        self.held = False

    def lay_out(self) -> None:
        """Puts the lamp into a corner and the switch at the wall opposite."""
        rng, (width, depth) = self.room.np_random, self.room.size
        side = float(rng.choice((-1.0, 1.0)))
        x, y = side * (width / 2 - 0.2), depth / 2 - 0.2
        self.room.take(x, y, 0.3)
        self.place(x, y)
        x, y = float(rng.uniform(-width / 2 + 0.9, -0.9)) * side, -(depth / 2 - SWITCH.size[1])
        self.room.take(x, y, 0.35)
        self.button.place(x, y)
        self.held = False

    def tick(self) -> None:
        """Lets go of the switch when it was not touched in the last step."""
        self.held = self.held and self.touched(SWITCH.name)

    def happen(self) -> None:
        """Switches at the first touch."""
        if not self.held and self.touched(SWITCH.name):
            self.held = True
            self.set(not self.on)
