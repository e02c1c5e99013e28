"""A noisy television, and the knob that changes its channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from worlds.rooms.fixture import Fixture
from worlds.scene import Shape

if TYPE_CHECKING:
    from worlds.rooms.room import Room

CHANNELS = ("noise", "stripes", "off")
ROWS, COLUMNS, PIXEL = 4, 6, 0.05  # pixels, and half their side (m)
COLORS = ((0.95, 0.25, 0.25), (0.25, 0.80, 0.35), (0.25, 0.45, 0.95), (0.96, 0.86, 0.25), (0.95, 0.95, 0.95),
          (0.70, 0.30, 0.85))  # fmt: skip
DARK = (0.08, 0.08, 0.10)
THICK = 0.06
LOW = 0.12  # height of the screen's lower edge (m)
SET = Shape("television", "box", (THICK, COLUMNS * PIXEL + 0.03, ROWS * PIXEL + 0.5 * LOW + 0.02), DARK, 0)
KNOB = Shape("knob", "cylinder", (0.07, 0.07, 0.09), (0.95, 0.95, 0.95), 0)


class Television(Fixture):
    """A set whose pixels change at random at every control step, until somebody turns to another channel.

    Touching the knob goes on to the next channel: noise, stripes that rest, off. As a thing the set shows one
    colour, which is as random as its pixels.
    """

    memory = ("channel", "held", "picture", "corner", "inward")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.set = room.add(SET)
        self.knob = room.add(KNOB)
        self.channel, self.held = 0, False
        self.picture = list(range(ROWS * COLUMNS))  # which pixel is at which place
        self.corner, self.inward = [0.0, 0.0], 1.0
        self.pixels = [
            room.piece(Shape("pixel", "box", (0.004, PIXEL * 0.94, PIXEL * 0.94), COLORS[i % len(COLORS)], 0,
                             glow=0.6, solid=False), ghost=True)
            for i in range(ROWS * COLUMNS)
        ]  # fmt: skip

    def lay_out(self) -> None:
        """Puts the set before a wall, looking into the room, and the knob beside it; it begins with noise."""
        rng, (width, depth) = self.room.np_random, self.room.size
        self.inward = float(rng.choice((-1.0, 1.0)))
        x, y = -self.inward * (width / 2 - THICK), float(rng.uniform(-depth / 2 + 1.2, depth / 2 - 1.2))
        for along in (-0.3, 0.0, 0.3, 0.75):
            self.room.take(x, y + along, 0.25)
        self.corner = [x + self.inward * (THICK + 0.004), y]
        self.set.place(x, y, heading=0.0 if self.inward > 0 else 3.141592653589793)
        self.knob.place(-self.inward * (width / 2 - 0.09), y + SET.size[1] + 0.25)
        self.channel, self.held = 0, False
        self._draw()

    def tick(self) -> None:
        """Changes the noise, and lets go of the knob when it was not touched in the last step."""
        self.held = self.held and self.touched(KNOB.name)
        if CHANNELS[self.channel] == "noise":
            self._draw()

    def happen(self) -> None:
        """Changes the channel at the first touch."""
        if not self.held and self.touched(KNOB.name):
            self.held = True
            self.channel = (self.channel + 1) % len(CHANNELS)
            self._draw()

    def _draw(self) -> None:
        """Puts the pixels where the channel wants them, and gives the set its colour."""
        channel = CHANNELS[self.channel]
        if channel == "off":
            self.set.color = DARK
            for pixel in self.pixels:
                pixel.hide()
            return
        if channel == "noise":
            self.picture = self.room.np_random.permutation(ROWS * COLUMNS).tolist()
            r, g, b = self.room.np_random.uniform(0.0, 1.0, 3).tolist()
            self.set.color = (r, g, b)
        else:
            self.picture = list(range(ROWS * COLUMNS))
            self.set.color = COLORS[2]
        x, y = self.corner
        for at, i in enumerate(self.picture):
            row, column = divmod(at, COLUMNS)
            self.pixels[i].place(x, y + (2 * column + 1 - COLUMNS) * PIXEL, LOW + (2 * row + 1) * PIXEL)

    def truth(self) -> Mapping[str, Any]:
        """Returns the channel."""
        return {"television.channel": CHANNELS[self.channel]}
