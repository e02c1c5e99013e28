"""A world of one's own: housecat worlds check examples/my_worlds.py:Attic, housecat watch --world examples/..."""

from collections.abc import Mapping, Sequence
from typing import Any

from worlds import Room, Shape

LAMP = Shape("lamp", "cylinder", (0.06, 0.06, 0.3), (0.95, 0.9, 0.6), glow=0.2)


class Attic(Room):
    """A small attic with a ball, a box and a lamp that shines once the ball was pushed away from where it lay.

    Observation: see `Room`; the things are the ball, the box and the lamp (K = 3), and ``cues`` tells whether the
    lamp shines. An episode has no end of its own.
    """

    bodies = ("kitten",)
    size = (4.0, 3.0)
    cue_names = ("lamp",)
    # Attributes that change and that the physics does not hold: snapshots keep them.
    state_attributes = ("home", "shines")

    def build(self) -> None:
        """Adds floor, walls and things, once."""
        self.add_floor(color=(0.6, 0.45, 0.3))
        self.add_walls()
        self.ball = self.add_thing(Shape("ball", "sphere", (0.1, 0.1, 0.1), (0.9, 0.3, 0.6)), mass=0.2, rolling=0.004)
        self.box = self.add_thing(Shape("box", "box", (0.15, 0.1, 0.1), (0.5, 0.35, 0.2)), mass=0.5)
        self.lamp = self.add_thing(LAMP)  # without mass it cannot be pushed

    def initialize_episode(self) -> None:
        """Places the things at every reset, with `self.np_random` and `self.sample_position` alone: a seed fixes it."""
        self.lamp.place(*self.sample_position(self.lamp.radius, 0.4))
        self.home = self.sample_position(self.ball.radius, 0.5)
        self.ball.place(*self.home)
        self.box.place(*self.sample_position(self.box.radius, 0.5), heading=float(self.np_random.uniform(-3.0, 3.0)))
        self.shines = False

    def update(self) -> None:
        """Changes the room by itself, 60 times a second."""
        (x, y, _), _ = self.ball.pose()
        if not self.shines and abs(x - self.home[0]) + abs(y - self.home[1]) > 0.2:
            self.shines, self.lamp.glow = True, 1.0
            self.events.append({"event": "lamp", "on": True})

    def cue_values(self) -> Sequence[float]:
        """Returns whether the lamp shines."""
        return (float(self.shines),)

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, for studies and viewers alone."""
        return {**super().truth(), "lamp.on": self.shines}
