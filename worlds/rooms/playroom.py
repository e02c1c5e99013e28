"""The playroom: toys to push, a hot plate that hurts, and a feeder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from housecat.core.errors import UserError
from worlds.rendering.scene import Shape
from worlds.rooms.base import WALL, Room
from worlds.rooms.fixtures.lamp import SwitchedLamp
from worlds.rooms.fixtures.lever import Lever
from worlds.rooms.fixtures.ramp import Ramp
from worlds.rooms.fixtures.television import Television
from worlds.rooms.fixtures.toys import FEEDER, PLATE, TOYS

DOORWAY = 0.7  # half width of the doorway (m)
STONE = (0.86, 0.84, 0.80)
EXTRAS = ("lamp", "lever", "ramp", "doorway", "television")


class Playroom(Room):
    """A walled room of 6 x 6 m with six toys, a hot plate and a feeder; its options add more.

    Observation: see `Room`; the things are the toys, the hot plate and the feeder (K = 8), then ``lamp`` and
    ``switch``, ``lever``, ``ramp``, ``television`` and ``knob`` as the options add them. An episode has no end of
    its own.

    Args:
        lamp: Whether there is a lamp in a corner, worked by touching a switch at the wall opposite.
        lever: Whether the feeder is closed until a lever opens it for 5 s.
        ramp: Whether there is a ramp, 0.2 m high, to go over.
        doorway: Whether a doorway leads to a second room of the same size.
        television: Whether there is a television of random pixels, whose channel a knob changes.
        extras: ``"all"`` turns on every extra that is not given; ``"none"`` turns on none of them.
        **options: Options of every room, see `Room`.
    """

    bodies = ("kitten", "crawler", "octopus")

    def __init__(
        self,
        *,
        lamp: bool | None = None,
        lever: bool | None = None,
        ramp: bool | None = None,
        doorway: bool | None = None,
        television: bool | None = None,
        extras: str = "none",
        **options: Any,
    ) -> None:
        if extras not in ("all", "none"):
            raise UserError(f"extras={extras!r}; allowed: 'all', 'none'; or turn on one by one: {', '.join(EXTRAS)}")
        given = dict(zip(EXTRAS, (lamp, lever, ramp, doorway, television), strict=True))
        for name, value in given.items():
            if value not in (None, True, False):
                raise UserError(f"{name}={value!r}; allowed: True, False")
        self.extras = {name: extras == "all" if value is None else value for name, value in given.items()}
        self.size = (12.0, 6.0) if self.extras["doorway"] else (6.0, 6.0)
        super().__init__(**options)

    def build(self) -> None:
        """Adds floor, walls, toys, plate, feeder, and the extras."""
        self.add_floor()
        self.add_walls()
        self.toys = [
            self.add_thing(toy.shape, toy.mass, friction=0.5, rolling=toy.rolling, restitution=0.3, damping=0.1)
            for toy in TOYS
        ]
        self.plate = self.add_thing(PLATE, visual_only=True)
        self.feeder = self.add_thing(FEEDER)
        self.lever: Lever | None = None
        if self.extras["doorway"]:
            self._partition()
        if self.extras["lamp"]:
            self.add_fixture(SwitchedLamp(self))
        if self.extras["lever"]:
            self.lever = Lever(self, self.feeder)
            self.add_fixture(self.lever)
        if self.extras["ramp"]:
            self.add_fixture(Ramp(self))
        if self.extras["television"]:
            self.add_fixture(Television(self))

    def _partition(self) -> None:
        """Adds the wall between the two rooms, with a doorway in its middle."""
        half = (self.size[1] / 2 - DOORWAY) / 2
        for side in (-1.0, 1.0):
            at = (0.0, side * (DOORWAY + half), WALL / 2)
            name = f"wall partition {'-+'[side > 0]}"
            self.add_static(Shape(name, "box", (0.05, half, WALL / 2), STONE, 0, at), 0.3, obstacle=True)

    def initialize_episode(self) -> None:
        """Places the plate away from the walls, the feeder at one of them, and the toys anywhere."""
        rng = self.np_random
        if self.extras["doorway"]:
            for along in np.linspace(-self.size[1] / 2, self.size[1] / 2, 9).tolist():
                self.reserve(0.0, along, 0.3)
        self.plate.place(*self.sample_position(self.plate.radius, 1.2), 0.0)
        self.hot = 1.0
        side, along = int(rng.integers(4)), float(rng.uniform(-2.2, 2.2))
        x, y, radius = self._feeder_position(side, along)
        self.reserve(x, y, radius)
        self.feeder.place(x, y)
        for toy in self.toys:
            toy.place(*self.sample_position(toy.shape.size[0], 0.5))

    def _feeder_position(self, side: int, along: float) -> tuple[float, float, float]:
        """Returns a position (m) at a wall for the feeder, and the radius to keep free."""
        width, depth = self.size
        sign = 1 if side % 2 else -1
        if side < 2:
            x, y = (width / 2 - FEEDER.size[0]) * sign, along
        else:
            x, y = along, (depth / 2 - FEEDER.size[0]) * sign
        if any(self.extras.values()):  # the extras at the walls were placed first: search along this wall for room
            for step in range(40):
                for shift in (0.1 * step, -0.1 * step):
                    a, b = (x, y + shift) if side < 2 else (x + shift, y)
                    inside = abs(a) < width / 2 and abs(b) < depth / 2
                    if inside and all(math.hypot(a - u, b - v) > r + 0.5 for u, v, r in self.placement.taken):
                        return a, b, FEEDER.size[0]
        return x, y, FEEDER.size[0]

    def ground_heat(self) -> float:
        """Returns the heat of the plate if the body is on it."""
        return self.hot if self.on_plate() else 0.0

    def is_fed(self) -> bool:
        """Returns whether the feeder is open and touched."""
        opened = self.lever is None or self.lever.left > 0.0
        return opened and self.is_touched(FEEDER.name)

    def on_plate(self) -> bool:
        """Returns whether the centre of the body is over the hot plate."""
        x, y, _ = self.physics.pose(self.body.id)[0]
        return math.hypot(x - self.plate.position[0], y - self.plate.position[1]) < PLATE.size[0]

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with the plate's heat and whether the body is on it."""
        return {**super().truth(), "plate.heat": self.hot, "on_plate": self.on_plate()}

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "hot": self.hot}

    def _set_state(self, state: dict[str, Any]) -> None:
        super()._set_state(state)
        self.hot = state["hot"]
