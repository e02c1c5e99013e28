"""What every room is: a floor, walls and things around one body. A layout file adds what makes it this room."""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from usererror import UserError, unknown
from worlds.bodies import BODIES, yaw
from worlds.events import Event, Meal, Place, Poke, Switch
from worlds.eye import Backend
from worlds.parts import Joint
from worlds.rooms.fixture import AWAY, Fixture, Piece
from worlds.scene import Scene, Shape, Vector
from worlds.senses import Head, space_of
from worlds.things import FEATURES, Thing
from worlds.vitals import Vitals
from worlds.world import Obs, World

WALL = 0.35  # height of the walls (m)
CONTACT_EVERY = 4  # substeps between looks at contacts: touch is felt at 60 Hz
GAP = 0.1  # metres left between things in a new room
TRIES = 10_000  # places tried before a room counts as too full


class Room(World):
    """A world with one body among things on a floor.

    A subclass says in `furnish` what there is, in `lay_out` where it begins, and in `happen` what goes on by itself.

    Observation (float32), K things:

    ========== ======== =========================================================================
    ``body``   (n,)     proprioception, see the body's `readings` (m, rad, m/s, rad/s)
    ``touch``  (p,)     strongest contact force on each of the body's `parts` (N)
    ``things`` (K, 19)  per thing, in the room's frame: position (3, m), velocity (3, m/s), sine and
                        cosine of its heading (0 and 1 where its shape hides it), half extents (3, m),
                        colour (3, 0 to 1), shape (3: sphere, box, cylinder), glow (0 to 1), present (1)
    ``vitals`` (3,)     energy (0 to 1), damage rate (1/s, 0 to 1), temperature of the skin (deg C)
    ``cues``   (c,)     what lamps and sounds tell (-1 to 1), in rooms that have some
    ``eye``    (84, 84, picture from the head, where asked for: 90 degrees wide and high; uint8 RGB
               3)
    ========== ======== =========================================================================

    The things' frame is the room's and not the body's: what rests then does not change while the body moves.

    Args:
        seed: For the layout; None for a different one each time.
        body: Name of the body that lives here, one of `bodies`; the first when not given.
        senses: Names of the senses in an observation.
        things: ``"all"`` for the sense ``things`` to tell of all things, or ``"seen"`` of those in view of the head
            alone: the rows of others are 0, so that what is out of sight must be kept in mind.
        eye: What the sense ``eye`` is drawn by: ``"moderngl"`` (OpenGL), ``"tiny"`` (slow, needs nothing), or
            ``"auto"`` for the best that works here; ``info["eye"]`` of `reset` tells which it is.
        **options: Of every world, see `World`.
    """

    known_senses: ClassVar[tuple[str, ...]] = ("body", "touch", "things", "vitals", "cues", "eye")
    cues: ClassVar[tuple[str, ...]] = ()
    bodies: ClassVar[tuple[str, ...]] = ("kitten",)
    size: tuple[float, float] = (6.0, 6.0)
    memory: ClassVar[tuple[str, ...]] = ()  # attributes, plain numbers, words and lists, that go into snapshots

    def __init__(
        self,
        seed: int | None = None,
        body: str | None = None,
        senses: Sequence[str] = ("body", "touch", "things", "vitals"),
        things: Literal["all", "seen"] = "all",
        eye: Backend = "auto",
        **options: Any,
    ) -> None:
        kind = self.bodies[0] if body is None else body
        if kind not in self.bodies:
            raise unknown("body for this room", kind, self.bodies)
        super().__init__(senses, **options)
        if things not in ("all", "seen"):
            raise UserError(f"things={things!r}; allowed: 'all', or 'seen' for those in view of the head alone")
        if eye not in get_args(Backend):
            raise unknown("eye", eye, get_args(Backend))
        if "cues" in senses and not self.cues:
            raise UserError(f"{type(self).__name__} has no cues; its senses: body, touch, things, vitals, eye")
        self._only_seen = things == "seen"
        self._head = Head(self, eye)
        self._things: list[Thing] = []
        self._statics: list[Shape] = []
        self._floors: set[int] = set()
        self._jointed: list[int] = []
        self._pieces: list[Piece] = []
        self._piece_poses = np.zeros((0, 7), np.float32)
        self._fixtures: list[Fixture] = []
        self._decor: list[tuple[Thing, Shape]] = []
        self.vitals = Vitals()
        self.touches: dict[tuple[str, str], float] = {}
        self._film = np.zeros((self.film_frames, 0, 7), np.float32)
        self.furnish()
        self.body = BODIES[kind](self.physics)
        self._solids = [*(t.body for t in self._things if not t.ghost and t.link < 0), *self._jointed]
        self._seat_pieces()
        self._names = dict.fromkeys(self._floors, "floor")
        self._names |= {t.body: t.name for t in self._things if not t.ghost}
        self._unfelt = {self.body.id} if self.body.feels_floor else {self.body.id, *self._floors}
        self._make_scene()
        self.observation_space = space_of(
            self.senses, len(self.body.readings), len(self.body.parts), len(self._things), len(self.cues), self.flat
        )
        self.action_space = spaces.Box(-1.0, 1.0, (len(self.body.actions),), np.float32)
        self.reset(seed=seed)

    # What a room is made of.

    @abstractmethod
    def furnish(self) -> None:
        """Adds floor, walls and things: `floor`, `walls`, `block`, `add`."""

    @abstractmethod
    def lay_out(self) -> None:
        """Puts the things where they begin, by `self.np_random` and `free`; the body is put last, by `settle`."""

    def happen(self) -> None:  # most rooms have nothing that goes on by itself
        """Lets happen what goes on by itself; called 60 times a second, after touches were felt."""

    def tick(self) -> None:
        """Begins a control step; `touches` are still those of the last one."""

    def switch(self, target: str, setting: str) -> None:
        """Sets what a user may set while the room runs, for the event `Switch`."""
        raise UserError(f"{target!r} cannot be set to {setting!r}: nothing can be set in this room")

    def level(self, x: float, y: float) -> float:
        """Returns the height (m) of the ground at a place."""
        return 0.0

    def heat(self) -> float:
        """Returns how hot it is below the body: 0 as the room, 1 as hot as a plate gets."""
        return 0.0

    def feeds(self) -> bool:
        """Tells whether the body is being fed."""
        return False

    def cue(self) -> Sequence[float]:
        """Returns what lamps and sounds tell now, one number from -1 to 1 for each of `cues`."""
        return ()

    def floor(self, color: Vector = (0.80, 0.70, 0.58)) -> None:
        """Adds a flat floor under the whole room."""
        x, y = self.size
        shape = Shape("floor", "box", (x / 2 + 0.1, y / 2 + 0.1, 0.5), color, 0, (0.0, 0.0, -0.5))
        self._floors.add(self.block(shape, friction=0.8))

    def walls(self, height: float = WALL) -> None:
        """Adds four walls around the room."""
        for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1)):
            edge, other = self.size[axis] / 2 + 0.05, self.size[1 - axis] / 2 + 0.1
            size = (0.05, other, height / 2) if axis == 0 else (other, 0.05, height / 2)
            at = (side * edge, 0.0, height / 2) if axis == 0 else (0.0, side * edge, height / 2)
            self.block(Shape(f"wall {'xy'[axis]}{'-+'[side > 0]}", "box", size, (0.86, 0.84, 0.80), 0, at), 0.3)

    def block(self, shape: Shape, friction: float) -> int:
        """Adds what belongs to the room itself and never moves. Returns its number in the physics."""
        body = self.physics.add(shape, 0.0, (0.0, 0.0, 0.0), friction=friction)
        self.physics.paint(body, shape)
        self._statics.append(shape)
        return body

    def add(self, shape: Shape, mass: float = 0.0, *, ghost: bool = False, **surface: float) -> Thing:
        """Adds a thing that is sensed; see `Physics.add` for its surface. A mass of 0 stays where it is put."""
        if ghost:
            body = self.physics.add_ghost(shape)
        else:
            # Somewhere above the room and apart: a physics remembers what overlapped.
            body = self.physics.add(shape, mass, (0.0, 0.0, 1.0 + len(self._things)), **surface)
            self.physics.paint(body, shape)
        return self.watch(Thing(self.physics, shape, body, mass=mass, ghost=ghost))

    def piece(self, shape: Shape, friction: float = 0.5, *, ghost: bool = False) -> Piece:
        """Adds a part of the room that a layout, or a fixture, may put elsewhere."""
        if ghost:
            body = self.physics.add_ghost(shape)
        else:
            # Below the floor and apart, so that nothing overlaps before it is put in place.
            body = self.physics.add(shape, 0.0, (0.0, 0.0, -100.0 - 5.0 * len(self._pieces)), friction=friction)
            self.physics.paint(body, shape)
        self._pieces.append(Piece(self.physics, shape, body, ghost, np.zeros(7, np.float32)))
        return self._pieces[-1]

    def decorate(self, thing: Thing, shape: Shape) -> None:
        """Adds to how a thing looks; the shape moves with it."""
        self._decor.append((thing, shape))

    def hinge(self, base: Shape, joints: Sequence[Joint]) -> int:
        """Adds something jointed whose base stays where it is put, such as a lever. Returns its number."""
        at = (0.0, 0.0, 100.0 + 5.0 * len(self._jointed))
        self._jointed.append(self.physics.add_articulated(base, 0.0, joints, at))
        return self._jointed[-1]

    def fit(self, fixture: Fixture) -> None:
        """Fits the room with something that does something."""
        self._fixtures.append(fixture)

    def watch(self, thing: Thing) -> Thing:
        """Makes something that is in the physics one of the things that are sensed."""
        self._things.append(thing)
        return thing

    def free(self, radius: float, margin: float) -> tuple[float, float]:
        """Finds a place (m) for something of some radius, away from all found before and from the room's edge.

        Raises:
            UserError: If there is none.
        """
        width, depth = self.size[0] / 2 - margin, self.size[1] / 2 - margin
        chance = self.np_random.uniform  # of single numbers: of arrays it takes five times as long
        for _ in range(TRIES):
            x, y = chance(-width, width), chance(-depth, depth)
            for a, b, r in self._taken:
                if math.hypot(x - a, y - b) <= radius + r + GAP:
                    break
            else:
                self._taken.append((x, y, radius))
                return x, y
        raise UserError(f"a room of {self.size[0]} x {self.size[1]} m has no place left for a radius of {radius:.2f} m")

    def take(self, x: float, y: float, radius: float) -> None:
        """Notes that a place is taken, for `free`."""
        self._taken.append((x, y, radius))

    def settle(self) -> None:
        """Puts the body where there is room for it."""
        x, y = self.free(0.35, 0.6)
        self.body.place(x, y, float(self.np_random.uniform(-math.pi, math.pi)), self.level(x, y))

    # What every room does.

    def cellar(self) -> None:
        """Adds what things lie on that are not there at the moment, far below the room and out of sight."""
        shape = Shape("cellar", "box", (20.0, 20.0, 0.5), (0.0, 0.0, 0.0), 0)
        self.physics.add(shape, 0.0, (0.0, 0.0, AWAY[2] - 0.5))

    def leave(self, thing: Thing) -> None:
        """Takes a thing out of the room; `Thing.place` brings it back."""
        thing.place(float(self._things.index(thing)), 0.0, AWAY[2] + thing.shape.size[2])
        thing.present = False

    @property
    def happens_every(self) -> float:
        """Seconds between two calls of `happen`."""
        return CONTACT_EVERY * self.physics_dt

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things, in the order of the sense ``things``."""
        return tuple(thing.name for thing in self._things)

    @property
    def readings(self) -> dict[str, tuple[str, ...]]:
        """Names of the numbers in the senses ``body``, ``touch`` and ``vitals``."""
        vitals = "energy", "damage rate", "temperature"
        return {"body": self.body.readings, "touch": self.body.parts, "vitals": vitals}

    def _make_scene(self) -> None:
        """Gives every thing and link a node: the room, the things, the body's base and links."""
        shapes = list(self._statics)
        for node, thing in enumerate(self._things, 1):
            s = thing.shape
            shapes.append(Shape(s.name, s.kind, s.size, s.color, node, glow=s.glow, solid=s.solid and not thing.ghost))
        shapes += [replace(shape, node=1 + self._things.index(thing)) for thing, shape in self._decor]
        first = 1 + len(self._things)
        links = tuple(f"{self.body.name}.{link}" for link in self.body.links)
        self._links = tuple(range(len(links)))
        # What moves is asked for in one go: this is done at every frame of the film.
        self._slow = [thing for thing in self._things if not thing.movable]
        quick = [thing for thing in self._things if thing.movable]
        self._movers = [*((thing.body, ()) for thing in quick), (self.body.id, self._links)]
        asked = [self._things.index(thing) + 1 for thing in (*self._slow, *quick)]
        self._order = np.argsort([0, *asked, *range(first, first + 1 + len(links))])
        last = first + 1 + len(links)
        pieces = [replace(piece.shape, node=last + i) for i, piece in enumerate(self._pieces)]
        self._shapes = (*shapes, *self.body.looks(first), *pieces)
        self._nodes = ("room", *self.things, self.body.name, *links, *(piece.shape.name for piece in self._pieces))

    def _seat_pieces(self) -> None:
        """Gives every piece its row in one table of poses: pieces rest, so nobody asks the physics for them."""
        self._piece_poses = np.zeros((len(self._pieces), 7), np.float32)
        for piece, row in zip(self._pieces, self._piece_poses, strict=True):
            piece.row = row
            piece.hide()

    def _arrange(self, layout: Mapping[str, Sequence[float]]) -> None:
        self._forget()
        self._taken: list[tuple[float, float, float]] = []
        for thing in self._things:
            thing.color, thing.glow, thing.present = thing.shape.color, thing.shape.glow, True
        for fixture in self._fixtures:
            fixture.lay_out()
        self.lay_out()
        self.settle()
        for name, place in layout.items():
            self._put(name, place)
        if layout:
            self._check_layout(layout)
        self.vitals = Vitals()
        self.touches = {}
        self._film = np.repeat(self._poses()[None], self.film_frames, 0)

    def _put(self, name: str, place: Sequence[float]) -> None:
        known = {thing.name: thing for thing in self._things if thing.link < 0}
        if name != self.body.name and name not in known:
            raise unknown("thing in a layout", name, (*known, self.body.name))
        if len(place) not in (2, 3) or not all(map(math.isfinite, place)):
            raise UserError(f"layout[{name!r}]={place!r}; give x, y (m) and, if you like, a heading (rad)")
        x, y, heading = (*map(float, place), 0.0)[:3]
        if name == self.body.name:
            self.body.place(x, y, heading, self.level(x, y))
        else:
            known[name].place(x, y, self.level(x, y) + known[name].shape.size[2], heading)

    def _check_layout(self, layout: Mapping[str, Sequence[float]]) -> None:
        """Makes sure that what was placed by name lies in the room and touches nothing."""
        where = {t.name: (*t.pose()[0][:2], t.radius) for t in self._things if t.link < 0 and not t.ghost}
        where[self.body.name] = (*self.physics.pose(self.body.id)[0][:2], self.body.radius)
        for name in layout:
            if name not in where:
                continue  # what is touched by nothing overlaps nothing
            x, y, r = where[name]
            if abs(x) > self.size[0] / 2 - r or abs(y) > self.size[1] / 2 - r:
                raise UserError(
                    f"layout[{name!r}]={tuple(layout[name])} lies outside the room of {self.size[0]} x {self.size[1]} m"
                )
            for other, (a, b, s) in where.items():
                if other != name and math.hypot(x - a, y - b) < r + s:
                    raise UserError(f"layout[{name!r}]={tuple(layout[name])} overlaps {other} at ({a:.2f}, {b:.2f})")

    def _forget(self) -> None:
        """Lets the physics forget every contact, so that a used room is bit-equal to a new one."""
        self.physics.part([*self._solids, self.body.id])

    def _act(self, action: npt.NDArray[np.float32]) -> None:
        self.body.act(action)
        self.tick()
        for fixture in self._fixtures:
            fixture.tick()
        self.touches = {}
        film = np.empty_like(self._film)
        each = self.substeps // self.film_frames
        done = 0
        while done < self.substeps:
            ahead = min(CONTACT_EVERY - done % CONTACT_EVERY, each - done % each, self.substeps - done)
            self.physics.advance(ahead)
            done += ahead
            if done % CONTACT_EVERY == 0 or done == self.substeps:
                self._feel()
                self.happen()
                for fixture in self._fixtures:
                    fixture.happen()
            if done % each == 0:
                film[done // each - 1] = self._poses()
        self._film = film
        self._live(float(np.mean(action**2)))

    def _feel(self) -> None:
        for c in self.physics.contacts(self.body.id, self._unfelt):
            name = self._names.get(c.other, "wall")
            key = (self.body.touched_part(c), name)
            if c.force > self.touches.get(key, 0.0):
                self.touches[key] = c.force

    def _live(self, effort: float) -> None:
        """Moves the vitals on by one control step."""
        gained = self.vitals.live(self.control_dt, effort, self.feeds(), self.heat())
        seen = set()
        for (part, name), force in self.touches.items():
            if name not in ("wall", "floor") and name not in seen:
                seen.add(name)
                self.events.append({"event": "contact", "part": part, "thing": name, "force": round(force, 3)})
        if gained:
            self.events.append({"event": "fed", "energy": round(self.vitals.energy, 4)})
        if self.body.fallen is not None and self.body.tilt() < self.body.fallen:
            self.events.append({"event": "fall"})
            x, y, _ = self.physics.state(self.body.id)[0]
            self._land(x, y)

    def _land(self, x: float, y: float) -> None:
        """Puts the body on its feet at the nearest place with room for it.

        Put into a thing it would be pressed into it with thousands of newtons, and never come free.
        """
        reach = self.body.reach
        solid = [t for t in self._things if not t.ghost and t.link < 0]
        # A thing that gives way needs no more room than its own; beside a fixed one there must be space to turn.
        things = [(*t.pose()[0][:2], t.radius * (1.0 if t.movable else 1.5)) for t in solid]
        edge = np.array(self.size) / 2 - reach
        spots = []
        for dx, dy in itertools.product(np.linspace(-1.5, 1.5, 13), repeat=2):
            at = (float(np.clip(x + dx, -edge[0], edge[0])), float(np.clip(y + dy, -edge[1], edge[1])))
            gap = min((math.hypot(at[0] - a, at[1] - b) - r for a, b, r in things), default=math.inf)
            spots.append((gap < reach, math.hypot(at[0] - x, at[1] - y), at))
        _, _, (x, y) = min(spots)
        self.body.place(x, y, yaw(self.physics.state(self.body.id)[1]), self.level(x, y))

    def _sense(self) -> Obs:
        return {name: getattr(self, f"_sense_{name}")() for name in self.senses}

    def _sense_body(self) -> npt.NDArray[np.float32]:
        return self.body.senses()

    def _sense_touch(self) -> npt.NDArray[np.float32]:
        touch = np.zeros(len(self.body.parts), np.float32)
        for (part, _), force in self.touches.items():
            i = self.body.parts.index(part)
            touch[i] = max(touch[i], force)
        return touch

    def _sense_things(self) -> npt.NDArray[np.float32]:
        rows = [thing.features() for thing in self._things]
        sense = np.array(rows, np.float32).reshape(len(rows), FEATURES)
        if self._only_seen:
            sense[~self._head.in_view(self._things, self.body)] = 0.0
        return sense

    def _sense_cues(self) -> npt.NDArray[np.float32]:
        return np.array(self.cue(), np.float32)

    def _sense_eye(self) -> npt.NDArray[np.uint8]:
        return self._head.look(self.body)

    def _sense_vitals(self) -> npt.NDArray[np.float32]:
        return np.array([self.vitals.energy, self.vitals.damage, self.vitals.temperature], np.float32)

    def _apply(self, event: Event) -> None:
        if isinstance(event, Meal):
            self.vitals.gain(event.energy)
            return
        if isinstance(event, Switch):
            self.switch(event.target, event.setting)
            return
        movable = {thing.name: thing for thing in self._things if thing.movable}
        if event.target not in (*movable, self.body.name):
            raise unknown("target", event.target, (*movable, self.body.name))
        thing = movable.get(event.target)
        if isinstance(event, Poke):
            self.physics.push(self.body.id if thing is None else thing.body, event.impulse)
        elif isinstance(event, Place):
            x, y = (
                float(np.clip(v, -side / 2 + 0.3, side / 2 - 0.3))
                for v, side in zip(event.position, self.size, strict=True)
            )
            if thing is None:
                self._land(x, y)
            else:
                thing.place(x, y, self.level(x, y) + thing.shape.size[2])

    def _poses(self) -> npt.NDArray[np.float32]:
        """Returns (M, 7) poses of the room, the things, and the body's base and links."""
        rows: list[tuple[float, ...]] = [(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)]
        for thing in self._slow:
            position, turn = thing.pose()
            rows.append((*position, *turn))
        rows += self.physics.poses(self._movers)
        return np.array(rows, np.float32)[self._order]

    def scene(self) -> Scene:
        """Returns what there is to draw, with the poses of now."""
        poses = np.concatenate([self._poses(), self._piece_poses])
        return Scene(self._shapes, self._nodes, poses, self._nodes.index(self.body.name), self.size)

    def film(self) -> npt.NDArray[np.float32]:
        """Returns (film, M, 7) poses of the scene's nodes during the last step, the last one at its end."""
        pieces = np.broadcast_to(self._piece_poses, (self.film_frames, *self._piece_poses.shape))
        return np.concatenate([self._film, pieces], axis=1)

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state of body and things and the contacts of the last step; a room adds its own."""
        position, q = self.body.pose()
        things = np.array([thing.features() for thing in self._things], np.float32).reshape(-1, FEATURES)
        return {
            "body.position": np.array(position, np.float32),
            "body.heading": yaw(q),
            "things.names": self.things,
            "things.position": things[:, :3],
            "things.velocity": things[:, 3:6],
            "contacts": [(part, name, force) for (part, name), force in self.touches.items()],
            **{key: value for fixture in self._fixtures for key, value in fixture.truth().items()},
        }

    def _state(self) -> dict[str, Any]:
        return {
            "vitals": asdict(self.vitals),
            "touches": [[*key, force] for key, force in self.touches.items()],
            "things": [thing.state() for thing in self._things],
            "film": self._film.tolist(),
            "eye": self._head.eye.backend if "eye" in self.senses else None,
            "pieces": [piece.row.tolist() if piece.ghost else None for piece in self._pieces],
            "fixtures": [fixture.state() for fixture in self._fixtures],
            "memory": {name: getattr(self, name) for name in self.memory},
        }

    def _set_state(self, state: dict[str, Any]) -> None:
        self.vitals = Vitals(**state["vitals"])
        self.touches = {(part, name): force for part, name, force in state["touches"]}
        for thing, kept in zip(self._things, state["things"], strict=True):
            thing.set_state(kept)
        self._film = np.array(state["film"], np.float32)
        if "eye" in self.senses and state["eye"]:
            self._head.compare(state["eye"])
        for piece, row in zip(self._pieces, state["pieces"], strict=True):
            piece.restore(row)
        for name in self.memory:
            setattr(self, name, state["memory"][name])
        for fixture, kept in zip(self._fixtures, state["fixtures"], strict=True):
            fixture.set_state(kept)

    def _info(self) -> dict[str, Any]:
        return {"eye": self._head.eye.backend} if "eye" in self.senses else {}

    def close(self) -> None:
        """Frees physics, renderers and window."""
        self._head.close()
        super().close()
