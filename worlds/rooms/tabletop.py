"""The tabletop: an arm at a table with blocks, balls and a drawer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from housecat.core.errors import UserError
from worlds.events import Event, Place
from worlds.physics import builders
from worlds.physics.joints import Joint, Motor
from worlds.rendering.scene import Shape
from worlds.rooms.base import Room
from worlds.rooms.fixtures.toys import Toy
from worlds.sensors.things import Thing

WOOD, PALE, STEEL = (0.62, 0.46, 0.32), (0.80, 0.66, 0.48), (0.45, 0.47, 0.50)
HEIGHT = 0.70  # of the table (m)
BASE = -0.50  # x of the arm's base (m)
START_X, START_Y = (-0.20, 0.12), (-0.35, 0.20)  # where things start (m)
BLOCKS = (
    Toy.cube("red block", 0.025, 0.08, (0.90, 0.20, 0.20)),
    Toy.cube("green block", 0.025, 0.08, (0.25, 0.72, 0.35)),
    Toy.cube("blue block", 0.030, 0.12, (0.20, 0.45, 0.95)),
    Toy.ball("orange ball", 0.028, 0.06, (0.98, 0.55, 0.15)),
    Toy.ball("purple ball", 0.034, 0.08, (0.58, 0.35, 0.85)),
)
HIDDEN = Toy.cube("yellow block", 0.022, 0.06, (0.97, 0.82, 0.22))  # in the drawer
CABINET = (0.0, 0.40)  # its middle (m); the drawer opens towards -y
DRAWER_TRAVEL = 0.13  # m
BRAKE = Motor(0, 2.0, velocity=0.0)  # friction of the slide


def _board(name: str, size: tuple[float, float, float], at: tuple[float, float, float], parent: int) -> Joint:
    return Joint(name, Shape(name, "box", size, PALE if parent else WOOD, 0), 0.05, parent, at, None, friction=0.6)


# Link 0 slides; its boards are links 1 to 4, then come its handle and the cabinet's own walls.
DRAWER = (
    Joint(
        "drawer",
        Shape("drawer", "box", (0.088, 0.085, 0.004), PALE, 0),
        0.3,
        0,
        (0.0, -0.005, 0.014),
        (0.0, -1.0, 0.0),
        (0.0, DRAWER_TRAVEL),
        slides=True,
    ),
    _board("drawer front", (0.097, 0.006, 0.034), (0.0, -0.095, 0.031), 1),
    _board("drawer back", (0.080, 0.004, 0.026), (0.0, 0.080, 0.030), 1),
    _board("drawer left", (0.004, 0.085, 0.026), (-0.084, 0.0, 0.030), 1),
    _board("drawer right", (0.004, 0.085, 0.026), (0.084, 0.0, 0.030), 1),
    Joint(
        "drawer handle",
        Shape("drawer handle", "box", (0.010, 0.010, 0.036), STEEL, 0),
        0.05,
        1,
        (0.0, -0.145, 0.045),
        None,
        friction=1.5,
    ),
    _board("cabinet left", (0.005, 0.10, 0.038), (-0.099, 0.0, 0.042), 0),
    _board("cabinet right", (0.005, 0.10, 0.038), (0.099, 0.0, 0.042), 0),
    _board("cabinet back", (0.104, 0.005, 0.038), (0.0, 0.095, 0.042), 0),
    _board("cabinet top", (0.104, 0.10, 0.005), (0.0, 0.0, 0.085), 0),
)
FOOT = Shape("cabinet", "box", (0.104, 0.10, 0.004), WOOD, 0)


class Tabletop(Room):
    """A table of 1.5 x 1.2 m with the arm, three blocks, two balls, and a drawer with one more block in it.

    Observation: see `Room`; the things are the blocks and balls, the drawer and the block in it (K = 7). The sense
    ``body`` holds the position of the hand. What falls off the table is placed on it again. An episode has no end of
    its own.
    """

    bodies = ("arm",)
    size = (1.5, 1.2)

    def build(self) -> None:
        """Adds floor, table, drawer, blocks and balls."""
        x, y = self.size[0] / 2, self.size[1] / 2
        floor = Shape("floor", "box", (1.3, 1.3, 0.5), (0.70, 0.68, 0.66), 0, (0.0, 0.0, -HEIGHT - 0.5))
        self._floors.add(self.add_static(floor, friction=0.8))
        top = Shape("table top", "box", (x, y, 0.025), WOOD, 0, (0.0, 0.0, -0.025))
        self._floors.add(self.add_static(top, friction=0.8))
        for i, (a, b) in enumerate(((x, y), (x, -y), (-x, y), (-x, -y))):
            at = (a * 0.93, b * 0.92, -HEIGHT / 2 - 0.025)
            self.add_static(Shape(f"table leg {i}", "box", (0.03, 0.03, HEIGHT / 2 - 0.025), WOOD, 0, at), 0.5)
        for name, size, at in (
            ("rim", (0.01, y, 0.015), (x - 0.01, 0.0, 0.015)),
            ("rim", (0.01, y, 0.015), (-x + 0.01, 0.0, 0.015)),
            ("rim", (x, 0.01, 0.015), (0.0, y - 0.01, 0.015)),
            ("rim", (x, 0.01, 0.015), (0.0, -y + 0.01, 0.015)),
        ):
            self.add_static(Shape(name, "box", size, PALE, 0, at, solid=False), 0.3)
        self.toys = [
            self.add_thing(toy.shape, toy.mass, friction=1.0, rolling=toy.rolling, damping=0.1)
            for toy in (*BLOCKS, HIDDEN)
        ]
        self.cabinet = self.add_articulated(FOOT, DRAWER)
        for link, joint in enumerate(DRAWER):
            builders.set_color(self.physics, self.cabinet, joint.shape, link)
        self.drawer = self.register_thing(Thing(self.physics, DRAWER[0].shape, self.cabinet, link=0, mass=0.3))
        self._add_looks()

    def _add_looks(self) -> None:
        """Adds the looks of the cabinet, and of the drawer's boards, which move with the drawer."""
        x, y = CABINET
        for joint in DRAWER[6:]:
            a, b, c = joint.position
            at = (x + a, y + b, c + FOOT.size[2])
            self._statics.append(Shape(joint.name, "box", joint.shape.size, WOOD, 0, at))
        for joint in DRAWER[1:6]:
            self.add_decoration(
                self.drawer, Shape(joint.name, "box", joint.shape.size, joint.shape.color, 0, joint.position)
            )
        bar = Shape("drawer bar", "box", (0.006, 0.022, 0.006), STEEL, 0, (0.0, -0.120, 0.03))
        self.add_decoration(self.drawer, bar)

    def initialize_episode(self) -> None:
        """Scatters blocks and balls before the arm, and places a block in the closed drawer."""
        rng = self.np_random
        self.physics.place(self.cabinet, (*CABINET, FOOT.size[2]))
        self.physics.set_motors(self.cabinet, (BRAKE,))
        for toy, thing in zip(BLOCKS, self.toys, strict=False):
            self._scatter(thing, toy.shape.size[0])
        x, y = CABINET
        self.toys[-1].place(x + float(rng.uniform(-0.03, 0.03)), y + float(rng.uniform(-0.03, 0.03)), 0.045)

    def _scatter(self, thing: Thing, radius: float) -> None:
        """Places a thing within the arm's reach, where nothing else lies."""
        for _ in range(1000):
            x, y = float(self.np_random.uniform(*START_X)), float(self.np_random.uniform(*START_Y))
            for a, b, r in self.placement.taken:
                if (x - a) ** 2 + (y - b) ** 2 <= (1.5 * (radius + r) + 0.03) ** 2:
                    break
            else:
                break
        self.reserve(x, y, radius)
        thing.place(x, y, heading=float(self.np_random.uniform(-0.7, 0.7)))

    def place_body(self) -> None:
        """Places the arm at its base."""
        self.body.place(BASE, 0.0, 0.0)

    def before_step(self) -> None:
        """Places what has fallen off the table on it again."""
        for thing in self.toys:
            if self.physics.pose(thing.body)[0][2] < -0.2:
                self.placement.taken = [(*other.pose()[0][:2], 0.03) for other in self.toys if other is not thing]
                self._scatter(thing, 0.03)
                self.events.append({"event": "returned", "thing": thing.name})

    def _apply_event(self, event: Event) -> None:
        if isinstance(event, Place) and event.target == self.body.name:
            raise UserError(f"the arm is bolted to the table at ({BASE}, 0.0): it cannot be put at {event.position}")
        super()._apply_event(event)

    def _place_named(self, name: str, place: Any) -> None:
        if name == self.body.name:
            raise UserError(f"the arm is bolted to the table at ({BASE}, 0.0): it cannot be put at {tuple(place)}")
        super()._place_named(name, place)

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with how far the drawer is open (m)."""
        return {**super().truth(), "drawer.open": self.physics.read_joints(self.cabinet, (0,))[0][0]}

    def _set_state(self, state: dict[str, Any]) -> None:
        super()._set_state(state)
        self.physics.set_motors(self.cabinet, (BRAKE,))
