"""The theatre: a stage with possible and impossible scenes that differ in one event."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from housecat.core.errors import UserError, unknown_name
from worlds.rendering.scene import Shape
from worlds.rooms.base import Room
from worlds.rooms.fixtures.toys import Toy
from worlds.rooms.theatre_acts import ACTS, SCREEN, Act
from worlds.sensors.things import Thing

RED, BLUE, PALE, CURTAIN = (0.90, 0.20, 0.20), (0.20, 0.45, 0.95), (0.86, 0.84, 0.80), (0.45, 0.16, 0.24)
RADIUS, HALF = 0.12, 0.11  # of the balls, and of the block (m)
PROPS: dict[str, Toy] = {
    "ball": Toy.ball("ball", RADIUS, 0.3, RED),
    "twin": Toy.ball("twin", RADIUS, 0.3, RED),
    "blue ball": Toy.ball("blue ball", RADIUS, 0.3, BLUE),
    "block": Toy.cube("block", HALF, 0.3, RED),
}
WALL_PROP = Shape("stage wall", "box", (0.04, 0.25, 0.45), (0.62, 0.60, 0.56), 0)
HAND = Shape("hand", "box", (0.05, 0.16, 0.05), (0.94, 0.76, 0.62), 0)
BOARD = Shape("screen", "box", (0.40, 0.02, 0.28), (0.35, 0.42, 0.62), 0)
WAY, SCREENS, RAIL = 1.1, 0.7, -0.2  # y of the ball's way, of the screens and of the rail (m)
ENTER, SPEED = -2.3, 1.0  # m from the middle, and m/s
BEGIN = 0.6  # seconds before anything moves
DROP, LIFT = 1.6, 0.75  # seconds after which the hand lets go, and how high it holds (m)
PUSHED = 0.1  # m along its way where the ball meets the hand
MEETS, REACHING = BEGIN + (PUSHED - ENTER) / SPEED, 0.5  # seconds at which it does, and that the hand takes to come
LASTS = 6.0  # seconds


class Theatre(Room):
    """A room of 6 x 5 m: the body stands behind a rail, before a stage with two screens.

    An act is played once after each reset and lasts 6 s. Every act has a twisted version, which is alike up to one
    event. Most twists are physically impossible (vanishing, appearing, teleport, passing through a wall, floating,
    changing shape, broken momentum); two are surprising but possible (another colour, a push by a visible hand). A pair
    for an experiment is two worlds with the same seed and act, one of them with ``twist=True``.

    Observation: see `Room`; the things are two screens, ball, its twin, blue ball, block, wall and hand (K = 8), the
    absent ones with ``present`` 0. An episode has no end of its own: when an act is over, the stage rests.

    Args:
        act: Name of an act, see `theatre_acts.ACTS`; drawn at every reset when not given.
        twist: Whether it is played with its twist; drawn at every reset when not given.
        **options: Options of every room, see `Room`. `act` and `twist` can also be set as attributes between resets.
    """

    bodies = ("kitten", "crawler", "octopus")
    size = (6.0, 5.0)
    state_attributes = ("playing", "twisted", "side", "ticks", "done", "happened_at")

    def __init__(self, *, act: str | None = None, twist: bool | None = None, **options: Any) -> None:
        if act is not None and act not in ACTS:
            raise unknown_name("act", act, ACTS)
        if twist not in (None, True, False):
            raise UserError(f"twist={twist!r}; allowed: True, False, None for either by chance")
        self.act, self.twist = act, twist
        super().__init__(**options)

    def build(self) -> None:
        """Adds floor, walls, rail, screens and props."""
        self.add_floor()
        self.add_walls()
        self.add_storage_floor()
        self.add_static(Shape("rail", "box", (3.0, 0.03, 0.08), PALE, 0, (0.0, RAIL, 0.08)), 0.3)
        self.add_static(Shape("backdrop", "box", (3.0, 0.02, 0.5), CURTAIN, 0, (0.0, 1.9, 0.5)), 0.3)
        self.screens = [
            self.add_thing(Shape(f"{n} screen", "box", BOARD.size, BOARD.color, 0)) for n in ("left", "right")
        ]
        self.props: dict[str, Thing] = {
            # Smooth and elastic: what rolls keeps its speed, the block slides, and a wall sends a ball back.
            name: self.add_thing(
                toy.shape, toy.mass, friction=0.0 if name == "block" else 0.4, restitution=0.9, damping=0.0
            )
            for name, toy in PROPS.items()
        }
        self.props["stage wall"] = self.add_thing(WALL_PROP, restitution=0.9)
        self.props["hand"] = self.add_thing(HAND, visual_only=True)

    def initialize_episode(self) -> None:
        """Draws the act, its twist and the side that it starts from, and sets the stage."""
        rng = self.np_random
        # Always the same draws, so that two worlds with one seed are alike.
        drawn, side, twist = int(rng.integers(len(ACTS))), int(rng.integers(2)), bool(rng.integers(2))
        self.playing = tuple(ACTS)[drawn] if self.act is None else self.act
        self.twisted = twist if self.twist is None else self.twist
        self.side = 2 * side - 1  # 1: from the left to the right
        self.ticks, self.done, self.happened_at = 0, False, -1.0
        for screen, x in zip(self.screens, (-SCREEN, SCREEN), strict=True):
            screen.place(x, SCREENS)
        for name, prop in self.props.items():
            if name not in self.current_act.props:
                self.remove_thing(prop)
        if "ball" in self.current_act.props:
            self.props["ball"].place(self.side * ENTER, WAY)
        for extra in ("twin", "blue ball"):
            self.remove_thing(self.props[extra])
        if self.playing == "changing":
            self.remove_thing(self.props["block"])
        if "stage wall" in self.current_act.props:
            self.props["stage wall"].place(self.side * (SCREEN + WALL_PROP.size[0]), WAY)
        if self.playing == "floating":
            self.props["block"].place(0.0, WAY, LIFT)
        self._move_hand()

    @property
    def hand_moves(self) -> bool:
        """Whether the hand is moving."""
        if self.playing == "pushing":
            return self.twisted and abs(self.clock - MEETS) < REACHING + 0.1
        return self.playing == "floating" and DROP <= self.clock < DROP + 0.6

    def place_body(self) -> None:
        """Places the body before the middle of the stage, facing it."""
        self.body.place(float(self.np_random.uniform(-0.3, 0.3)), -1.5, math.pi / 2)

    @property
    def clock(self) -> float:
        """Seconds since the act began."""
        return self.ticks * self.update_dt

    @property
    def current_act(self) -> Act:
        """The act that is being played."""
        return ACTS[self.playing]

    def update(self) -> None:
        """Advances the act."""
        before = self.clock
        self.ticks += 1
        if self.hand_moves:
            self._move_hand()
        if self.playing == "floating":
            held = self.clock < DROP or self.twisted
            if held and self.clock < LASTS:
                self.props["block"].place(0.0, WAY, LIFT)
            if before < DROP <= self.clock and self.twisted:
                self._log_twist()
            return
        if self.playing == "pushing" and self.twisted and before < MEETS - REACHING <= self.clock:
            self._log_twist()  # from here on the pair differs
        if before < BEGIN <= self.clock:
            self._roll(self.props["ball"], self.side * ENTER, self.side * SPEED)
        if not self.done and self.clock > BEGIN and self.current_act.at is not None:
            x = self.physics.pose(self.props["ball"].body)[0][0]
            if self.side * x >= self.current_act.at:
                self.done = True
                if self.twisted:
                    self._apply_twist(x)
                    if self.happened_at < 0.0:
                        self._log_twist()

    def _apply_twist(self, x: float) -> None:
        """Applies the twist of the current act, with the ball at x (m)."""
        ball, along = self.props["ball"], self.side * SPEED
        if self.playing == "vanishing":
            self.remove_thing(ball)
        elif self.playing == "appearing":
            self._roll(self.props["twin"], self.side * SCREEN, along)
        elif self.playing == "teleport":
            self._roll(ball, self.side * SCREEN, along)
        elif self.playing == "passing":
            self._roll(ball, x + self.side * 2 * (RADIUS + WALL_PROP.size[0] + 0.01), along)
        elif self.playing in ("changing", "recolouring"):
            self.remove_thing(ball)
            self._roll(self.props["block" if self.playing == "changing" else "blue ball"], x, along)
        else:  # the ball turns back, by itself or pushed by the hand
            self._roll(ball, x, -along)

    def _roll(self, thing: Thing, x: float, speed: float) -> None:
        """Starts a thing along the stage, rolling if it is round."""
        thing.place(x, WAY)
        spin = (0.0, speed / RADIUS, 0.0) if thing.shape.kind == "sphere" else (0.0, 0.0, 0.0)
        self.physics.set_velocity(thing.body, (speed, 0.0, 0.0), spin)

    def _log_twist(self) -> None:
        """Notes the time of the twist, and lists it among the events."""
        self.happened_at = self.clock
        self.events.append({"event": "twist", "act": self.playing, "possible": self.current_act.possible})

    def _move_hand(self) -> None:
        """Places the hand: it holds the block and withdraws, or waits beside the ball's way and may push."""
        hand = self.props["hand"]
        if self.playing == "floating":
            away = min(max((self.clock - DROP) / 0.5, 0.0), 1.0)
            hand.place(0.0, WAY + HALF + HAND.size[1] + 0.5 * away, LIFT)
        elif self.playing == "pushing":
            # It waits behind the way; to push, it moves to where the ball will be, and goes back.
            near = max(1.0 - abs(self.clock - MEETS) / REACHING, 0.0) if self.twisted else 0.0
            hand.place(self.side * (PUSHED + RADIUS + HAND.size[0]), WAY + 0.6 * (1.0 - near), RADIUS)

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with the act, whether it is twisted and possible, and when the twist came (s)."""
        return {
            **super().truth(),
            "scene.act": self.playing,
            "scene.twisted": self.twisted,
            "scene.possible": not self.twisted or self.current_act.possible,
            "scene.time": self.clock,
            "scene.happened_at": None if self.happened_at < 0.0 else self.happened_at,
            "scene.over": self.clock > LASTS - self.update_dt / 2,
        }
