"""The stove: a lamp and a place predict heat, for as long as they are paired."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from housecat.core.errors import unknown_name
from worlds.rendering.scene import Shape
from worlds.rooms.base import Room
from worlds.rooms.fixtures.lamp import Lamp
from worlds.rooms.fixtures.toys import FEEDER, PLATE, Toy

PAIRINGS = ("on", "off", "reversed")
IRON = (0.30, 0.30, 0.33)
PLATES = tuple(
    replace(PLATE, name=f"{side} plate", size=(0.75, 0.75, 0.004), color=IRON, glow=0.0) for side in ("left", "right")
)
STEEL = (0.55, 0.55, 0.58)
RIMS = tuple(Shape(f"{plate.name} rim", "cylinder", (0.80, 0.80, 0.002), STEEL, 0, solid=False) for plate in PLATES)
BALL = Toy.ball("red ball", 0.12, 0.25, (0.90, 0.20, 0.20))
REST = (3.0, 7.0)  # least and greatest time without lamp (s)
CUE, HEAT = 2.0, 3.0  # time of the lamp alone, then of lamp and heat (s)


class Stove(Room):
    """A room of 5 x 4 m with two iron plates that look alike, a lamp, a feeder between the plates and a ball.

    Every few seconds the lamp shines for 5 s. With the pairing ``on``, one of the plates (drawn at every reset) gets
    hot after 2 s and stays hot as long as the lamp shines. With the pairing ``off``, the plate gets hot as often and
    as long, at times of its own. With the pairing ``reversed``, it is hot whenever the lamp is dark. Heat is felt, not
    seen.

    Observation: see `Room`; the things are the lamp, the plates, the feeder and the ball (K = 5). An episode has no
    end of its own.

    Args:
        pairing: ``on``, ``off`` or ``reversed``; set while running by the event ``Switch("pairing", "off")``.
        **options: Options of every room, see `Room`.
    """

    bodies = ("kitten", "crawler", "octopus")
    size = (5.0, 4.0)
    state_attributes = ("pairing", "side", "clock", "lit_at", "own_at", "hot")

    def __init__(self, *, pairing: str = "on", **options: Any) -> None:
        if pairing not in PAIRINGS:
            raise unknown_name("pairing", pairing, PAIRINGS)
        self.first_pairing = self.pairing = pairing
        self.side, self.clock, self.hot = 0, 0.0, False
        self.lit_at = self.own_at = 0.0  # start (s) of the next or current time of the lamp, and of the plate's own
        super().__init__(**options)

    def build(self) -> None:
        """Adds floor, walls, lamp, plates, feeder and ball."""
        self.add_floor()
        self.add_walls()
        self.lamp = Lamp(self)
        self.add_fixture(self.lamp)
        self.plates = [self.add_thing(shape, visual_only=True) for shape in PLATES]
        self.rims = [self.add_kinematic(shape, visual_only=True) for shape in RIMS]
        self.feeder = self.add_thing(FEEDER)
        self.ball = self.add_thing(BALL.shape, BALL.mass, friction=0.5, rolling=BALL.rolling, damping=0.1)

    def initialize_episode(self) -> None:
        """Places a plate on each side, feeder and lamp at the wall between, and draws the plate that gets hot."""
        rng = self.np_random
        for plate, rim, x in zip(self.plates, self.rims, (-1.3, 1.3), strict=True):
            y = float(rng.uniform(-0.4, 0.9))
            plate.place(x, y)
            rim.place(x, y, 0.002)
            self.reserve(x, y, PLATE.size[0] * 1.5)
        y = self.size[1] / 2
        self.feeder.place(0.0, y - FEEDER.size[1])
        self.reserve(0.0, y, 0.5)
        self.lamp.place(0.5, y - 0.15)
        self.reserve(0.5, y, 0.4)
        self.side = int(rng.integers(2))
        self.ball.place(*self.sample_position(BALL.shape.size[0], 0.4))
        self.pairing, self.clock = self.first_pairing, 0.0
        self.lit_at, self.own_at = float(rng.uniform(*REST)), float(rng.uniform(*REST))
        self.hot = self._is_heating()

    def before_step(self) -> None:
        """Advances the clock, and switches lamp and plate."""
        if self.clock >= self.lit_at + CUE + HEAT:
            self.lit_at = self.clock + float(self.np_random.uniform(*REST))
        if self.clock >= self.own_at + HEAT:
            self.own_at = self.clock + CUE + float(self.np_random.uniform(*REST))
        lit = self.clock >= self.lit_at
        if lit != self.lamp.on:
            self.lamp.set(lit)
        self.hot = self._is_heating()
        self.clock += self.control_dt

    def _is_heating(self) -> bool:
        """Returns whether the plate that gets hot is to be hot now."""
        if self.pairing == "on":
            return self.lamp.on and self.clock >= self.lit_at + CUE
        if self.pairing == "off":
            return self.own_at <= self.clock < self.own_at + HEAT
        return not self.lamp.on

    def ground_heat(self) -> float:
        """Returns the heat below the body."""
        x, y, _ = self.body.pose()[0]
        a, b, _ = self.plates[self.side].position
        return float(self.hot and math.hypot(x - a, y - b) < PLATES[self.side].size[0])

    def is_fed(self) -> bool:
        """Returns whether the feeder is touched."""
        return self.is_touched(FEEDER.name)

    def set_parameter(self, name: str, value: str) -> None:
        """Sets the pairing."""
        if name != "pairing":
            raise unknown_name("target of a switch", name, ("pairing",))
        if value not in PAIRINGS:
            raise unknown_name("pairing", value, PAIRINGS)
        self.pairing = value

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with lamp, heat of the hot plate, its name, and the pairing."""
        return {
            **super().truth(),
            "plate.heat": float(self.hot),
            "plate.name": PLATES[self.side].name,
            "pairing": self.pairing,
        }
