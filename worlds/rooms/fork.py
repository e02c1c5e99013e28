"""The fork: a ball falls on a wedge and goes left or right at random."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from worlds.rendering.scene import Shape
from worlds.rooms.base import Room
from worlds.rooms.fixtures.toys import Toy

BALL = Toy.ball("ball", 0.08, 0.20, (0.95, 0.45, 0.15))
STONE, PALE = (0.50, 0.54, 0.62), (0.86, 0.84, 0.80)
Y = 0.75  # of the plane in which the ball falls (m)
TOP, RIDGE = 1.25, 0.62  # heights of the ball when it is let go, and of the wedge's ridge (m)
SIDE = 0.16  # half side of the wedge's square section (m)
SIDE_SPEED = 0.35  # m/s with which the ball leaves the wedge
WAIT, TRIAL = 1.0, 4.0  # seconds for which the ball is held, and that a trial lasts
SIDES = ("left", "right")


class Fork(Room):
    """A room of 4 x 4 m: behind a rail, a ball falls on a wedge every 4 s and goes left or right at random.

    The room's generator draws the side when the ball meets the wedge, both with equal probability. Nothing before that
    predicts it, so that a good prediction has two modes and none in between.

    Observation: see `Room`; the one thing is the ball (K = 1). An episode has no end of its own.
    """

    bodies = ("kitten", "crawler", "octopus")
    size = (4.0, 4.0)
    state_attributes = ("phase", "ticks", "side", "trial", "counts")

    def build(self) -> None:
        """Adds floor, walls, rail, wedge, trays and the ball."""
        self.add_floor()
        self.add_walls()
        self.add_static(Shape("rail", "box", (2.0, 0.03, 0.08), PALE, 0, (0.0, 0.25, 0.08)), 0.3)
        lie = (0.0, math.sin(math.pi / 8), 0.0, math.cos(math.pi / 8))
        ridge = RIDGE - SIDE * math.sqrt(2.0)
        self.add_static(Shape("wedge", "box", (SIDE, 0.14, SIDE), STONE, 0, (0.0, Y, ridge), lie), 0.2)
        self.add_static(Shape("stand", "box", (0.06, 0.10, ridge / 2), STONE, 0, (0.0, Y, ridge / 2)), 0.3)
        for x in (-0.95, 0.95):
            self.add_static(Shape("tray end", "box", (0.03, 0.2, 0.12), PALE, 0, (x, Y, 0.12)), 0.3)
        for y in (Y - 0.17, Y + 0.17):
            self.add_static(Shape("tray side", "box", (0.98, 0.03, 0.05), PALE, 0, (0.0, y, 0.05)), 0.3)
        for x in (-0.14, 0.14):
            self.add_static(Shape("chute", "box", (0.02, 0.12, 0.16), STONE, 0, (x, Y, TOP + 0.12)), 0.3)
        self.add_static(Shape("chute back", "box", (0.14, 0.02, 0.16), STONE, 0, (0.0, Y + 0.13, TOP + 0.12)), 0.3)
        self.add_static(Shape("chute post", "box", (0.03, 0.03, 0.72), STONE, 0, (0.0, Y + 0.24, 0.72)), 0.3)
        self.ball = self.add_thing(BALL.shape, BALL.mass, friction=0.5, rolling=0.02, restitution=0.2, damping=0.1)

    def initialize_episode(self) -> None:
        """Holds the ball in the chute."""
        self.reserve(0.0, 1.2, 1.0)
        self.phase, self.ticks, self.side, self.trial = "held", 0, "none", 0
        self.counts = [0, 0]
        self.ball.place(0.0, Y, TOP)

    def place_body(self) -> None:
        """Places the body before the rail, facing the wedge."""
        x = float(self.np_random.uniform(-0.6, 0.6))
        y = float(self.np_random.uniform(-1.2, -0.8))
        self.body.place(x, y, math.atan2(Y - y, -x))

    def update(self) -> None:
        """Holds the ball, releases it, and draws the side when it meets the wedge."""
        self.ticks += 1
        if self.phase == "held":
            if self.clock < WAIT:
                self.ball.place(0.0, Y, TOP)
            else:
                self.phase = "falling"
        elif self.phase == "falling":
            (_, _, z), _, (_, _, speed), _ = self.physics.state(self.ball.body)
            meets = RIDGE + BALL.shape.size[0]
            if z + speed * self.update_dt < meets:  # before the next update
                # A ball that was pushed off the middle must not decide: centre it on the ridge before drawing the side.
                side = int(self.np_random.integers(2))
                self.ball.place(0.0, Y, meets)
                self.physics.set_velocity(self.ball.body, ((2 * side - 1) * SIDE_SPEED, 0.0, -0.5))
                self.side, self.phase = SIDES[side], "fallen"
                self.counts[side] += 1
                self.events.append({"event": "fork", "side": self.side})
        elif self.clock > TRIAL - self.update_dt / 2:
            self.phase, self.ticks, self.side = "held", 0, "none"
            self.trial += 1
            self.ball.place(0.0, Y, TOP)

    @property
    def clock(self) -> float:
        """Seconds since the trial began."""
        return self.ticks * self.update_dt

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with the phase of the trial, its number and the side that was drawn."""
        own = {"fork.phase": self.phase, "fork.trial": self.trial, "fork.side": self.side, "fork.clock": self.clock}
        return {**super().truth(), **own}
