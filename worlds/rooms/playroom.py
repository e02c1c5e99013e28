"""The playroom: toys to push about, a hot plate that hurts and a feeder that feeds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from worlds.rooms.room import Room
from worlds.rooms.toys import FEEDER, PLATE, TOYS


class Playroom(Room):
    """A walled room of 6 x 6 m with six toys, a hot plate and a feeder.

    Observation: see `Room`; the things are the toys, the hot plate and the feeder (K = 8). An episode has no end of
    its own.
    """

    bodies = ("kitten", "crawler", "octopus")
    size = (6.0, 6.0)

    def furnish(self) -> None:
        """Adds floor, walls, toys, plate and feeder."""
        self.floor()
        self.walls()
        self.toys = [
            self.add(toy.shape, toy.mass, friction=0.5, rolling=toy.rolling, restitution=0.3, damping=0.1)
            for toy in TOYS
        ]
        self.plate = self.add(PLATE, ghost=True)
        self.feeder = self.add(FEEDER)

    def lay_out(self) -> None:
        """Puts the plate away from the walls, the feeder at one of them, and the toys anywhere."""
        rng = self.np_random
        self.plate.place(*self.free(self.plate.radius, 1.2), 0.0)
        self.hot = 1.0
        side, along = int(rng.integers(4)), float(rng.uniform(-2.2, 2.2))
        out = (self.size[0] / 2 - FEEDER.size[0]) * (1 if side % 2 else -1)
        x, y = (out, along) if side < 2 else (along, out)
        self.take(x, y, FEEDER.size[0])
        self.feeder.place(x, y)
        for toy in self.toys:
            toy.place(*self.free(toy.shape.size[0], 0.5))

    def heat(self) -> float:
        """Returns the plate's heat for a body on it."""
        return self.hot if self.on_plate() else 0.0

    def feeds(self) -> bool:
        """Tells whether the feeder is touched."""
        return any(name == FEEDER.name for _, name in self.touches)

    def on_plate(self) -> bool:
        """Tells whether the middle of the body is over the hot plate."""
        x, y, _ = self.physics.state(self.body.id)[0]
        return math.hypot(x - self.plate.position[0], y - self.plate.position[1]) < PLATE.size[0]

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with the plate's heat and whether the body is on it."""
        return {**super().truth(), "plate.heat": self.hot, "on_plate": self.on_plate()}

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "hot": self.hot}

    def _set_state(self, state: dict[str, Any]) -> None:
        super()._set_state(state)
        self.hot = state["hot"]
