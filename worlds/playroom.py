"""The playroom: toys to push about, a hot plate that hurts and a feeder that feeds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from usererror import unknown
from worlds import kitten
from worlds.events import Event, Meal, Place, Poke
from worlds.kitten import PARTS, Kitten, yaw
from worlds.scene import Scene, Shape
from worlds.things import FEATURES, FEEDER, PLATE, TOYS, features
from worlds.vitals import Vitals
from worlds.world import Obs, World

SIZE = 6.0
WALL = 0.35  # height of the walls (m)
FALLEN = 0.6  # cosine of the tilt from which the kitten counts as fallen
CONTACT_EVERY = 4  # substeps between looks at contacts: touch is felt at 60 Hz


class Playroom(World):
    """A walled room of 6 x 6 m with six toys, a hot plate and a feeder; the body is a kitten.

    Action (5,), each -1 to 1: drive, turn, head, swing and lift of the paw (see `Kitten`).

    Observation (float32):

    ========== ======== =========================================================================
    ``body``   (15,)    proprioception, see `Kitten.senses` (m, rad, m/s, rad/s)
    ``touch``  (3,)     strongest contact force on body, head and paw, floor apart (N)
    ``things`` (8, 19)  per thing, in the room's frame: position (3, m), velocity (3, m/s), sine and
                        cosine of its heading (0 and 1 where its shape hides it), half extents (3, m),
                        colour (3, 0 to 1), shape (3: sphere, box, cylinder), glow (0 to 1), present (1)
    ``vitals`` (3,)     energy (0 to 1), damage rate (1/s, 0 to 1), temperature of the skin (deg C)
    ========== ======== =========================================================================

    The things' frame is the room's and not the body's: what rests then does not change while the body moves.
    An episode has no end of its own.
    """

    known_senses: ClassVar[tuple[str, ...]] = ("body", "touch", "things", "vitals")

    def __init__(self, seed: int | None = None, senses: tuple[str, ...] = known_senses, **options: Any) -> None:
        super().__init__(senses, **options)
        self._build()
        self.body = Kitten(self.physics)
        self.plate_look = self.physics.add_ghost(PLATE)
        everything = {
            "body": spaces.Box(-np.inf, np.inf, (Kitten.size,), np.float32),
            "touch": spaces.Box(0.0, np.inf, (len(PARTS),), np.float32),
            "things": spaces.Box(-np.inf, np.inf, (len(self.things), FEATURES), np.float32),
            "vitals": spaces.Box(
                np.array([0.0, 0.0, -50.0], np.float32), np.array([1.0, 1.0, 150.0], np.float32), dtype=np.float32
            ),
        }
        self.observation_space = spaces.Dict({name: everything[name] for name in self.senses})
        self.action_space = spaces.Box(-1.0, 1.0, (len(kitten.ACTIONS),), np.float32)
        self.reset(seed=seed)

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things: the toys, the hot plate, the feeder."""
        return (*(toy.name for toy in TOYS), PLATE.name, FEEDER.name)

    def _build(self) -> None:
        floor = Shape("floor", "box", (SIZE / 2 + 0.1, SIZE / 2 + 0.1, 0.5), (0.80, 0.70, 0.58), 0, (0, 0, -0.5))
        self.floor = self.physics.add(floor, 0.0, (0.0, 0.0, 0.0), friction=0.8)
        self.physics.paint(self.floor, floor)
        shapes = [floor]
        edge = SIZE / 2 + 0.05
        for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1)):
            size = (0.05, edge + 0.05, WALL / 2) if axis == 0 else (edge + 0.05, 0.05, WALL / 2)
            at = (side * edge, 0.0, WALL / 2) if axis == 0 else (0.0, side * edge, WALL / 2)
            wall = Shape(f"wall {'xy'[axis]}{'-+'[side > 0]}", "box", size, (0.86, 0.84, 0.80), 0, at)
            self.physics.paint(self.physics.add(wall, 0.0, (0.0, 0.0, 0.0), friction=0.3), wall)
            shapes.append(wall)
        self.toys = [
            self.physics.add(toy.shape, toy.mass, (0.0, 0.0, 1.0 + i), 0.5, toy.rolling, 0.3, 0.1)
            for i, toy in enumerate(TOYS)
        ]
        self.feeder = self.physics.add(FEEDER, 0.0, (0.0, 0.0, 10.0))
        for body, shape in ((self.feeder, FEEDER), *zip(self.toys, (toy.shape for toy in TOYS), strict=True)):
            self.physics.paint(body, shape)
        self._names = {**{b: t.name for b, t in zip(self.toys, TOYS, strict=True)}, self.feeder: FEEDER.name}
        # Nodes: the room, the hot plate, the feeder, the toys, the kitten's base, its links.
        moved = [(1, PLATE), (2, FEEDER), *((3 + i, toy.shape) for i, toy in enumerate(TOYS))]
        shapes += [Shape(s.name, s.kind, s.size, s.color, node, glow=s.glow, solid=s.solid) for node, s in moved]
        first = 3 + len(TOYS)
        self._shapes = (*shapes, *kitten.looks(first))
        links = tuple(f"kitten.{j.name}" for j in kitten.JOINTS)
        self._nodes = ("room", PLATE.name, FEEDER.name, *(t.name for t in TOYS), "kitten", *links)

    def _arrange(self) -> None:
        self._forget()
        rng = self.np_random
        taken: list[tuple[float, float, float]] = []

        def free(radius: float, margin: float) -> tuple[float, float]:
            # Rejection sampling ends: the room is far larger than what stands in it.
            while True:
                x, y = rng.uniform(-SIZE / 2 + margin, SIZE / 2 - margin, 2)
                if all(math.hypot(x - a, y - b) > radius + r + 0.1 for a, b, r in taken):
                    taken.append((x, y, radius))
                    return float(x), float(y)

        self.plate = free(PLATE.size[0], 1.2)
        self.physics.place(self.plate_look, (*self.plate, 0.002))
        side, along = int(rng.integers(4)), float(rng.uniform(-2.2, 2.2))
        out = (SIZE / 2 - FEEDER.size[0]) * (1 if side % 2 else -1)
        fx, fy = (out, along) if side < 2 else (along, out)
        taken.append((fx, fy, FEEDER.size[0]))
        self.physics.place(self.feeder, (fx, fy, FEEDER.size[2]))
        for body, toy in zip(self.toys, TOYS, strict=True):
            self.physics.place(body, (*free(toy.shape.size[0], 0.5), toy.shape.size[2]))
        self.body.place(*free(0.35, 0.6), float(rng.uniform(-math.pi, math.pi)))
        self.vitals = Vitals()
        self.touches: dict[tuple[str, str], float] = {}
        self.heat = 1.0
        self._film = np.repeat(self._poses()[None], self.film_frames, 0)

    def _forget(self) -> None:
        """Lets the physics forget every contact, so that a used room is bit-equal to a new one."""
        self.physics.part([*self.toys, self.feeder, self.body.id])

    def _act(self, action: npt.NDArray[np.float32]) -> None:
        self.body.act(action)
        self.touches = {}
        frames = []
        each = self.substeps // self.film_frames
        for done in range(1, self.substeps + 1):
            self.physics.advance(1)
            if done % CONTACT_EVERY == 0 or done == self.substeps:
                self._feel()
            if done % each == 0:
                frames.append(self._poses())
        self._film = np.stack(frames)
        self._live(float(np.mean(action**2)))

    def _feel(self) -> None:
        for c in self.physics.contacts(self.body.id):
            if c.other == self.floor:  # it always presses, and is not felt
                continue
            name = self._names.get(c.other, "wall")
            key = (self.body.part(c), name)
            if c.force > self.touches.get(key, 0.0):
                self.touches[key] = c.force

    def _live(self, effort: float) -> None:
        """Moves the vitals on by one control step."""
        fed = any(name == FEEDER.name for _, name in self.touches)
        gained = self.vitals.live(self.control_dt, effort, fed, self.heat if self.on_plate() else 0.0)
        seen = set()
        for (part, name), force in self.touches.items():
            if name != "wall" and name not in seen:
                seen.add(name)
                self.events.append({"event": "contact", "part": part, "thing": name, "force": round(force, 3)})
        if gained:
            self.events.append({"event": "fed", "energy": round(self.vitals.energy, 4)})
        if self.body.tilt() < FALLEN:
            self.events.append({"event": "fall"})
            x, y, _ = self.physics.state(self.body.id)[0]
            self._land(x, y)  # cats land on their feet

    def _land(self, x: float, y: float) -> None:
        """Puts the kitten on its feet at the nearest place with room for it and its paw.

        Put into a thing it would be pressed into it with thousands of newtons, and never come free.
        """
        things = [(*self.physics.state(b)[0][:2], t.shape.size[0]) for b, t in zip(self.toys, TOYS, strict=True)]
        things.append((*self.physics.state(self.feeder)[0][:2], 1.5 * FEEDER.size[0]))
        edge = SIZE / 2 - kitten.REACH
        spots = []
        for dx, dy in itertools.product(np.linspace(-1.5, 1.5, 13), repeat=2):
            at = (float(np.clip(x + dx, -edge, edge)), float(np.clip(y + dy, -edge, edge)))
            gap = min(math.hypot(at[0] - a, at[1] - b) - r for a, b, r in things)
            spots.append((gap < kitten.REACH, math.hypot(at[0] - x, at[1] - y), at))
        _, _, (x, y) = min(spots)
        self.body.place(x, y, yaw(self.physics.state(self.body.id)[1]))

    def on_plate(self) -> bool:
        """Tells whether the middle of the body is over the hot plate."""
        x, y, _ = self.physics.state(self.body.id)[0]
        return math.hypot(x - self.plate[0], y - self.plate[1]) < PLATE.size[0]

    def _sense(self) -> Obs:
        obs: Obs = {}
        if "body" in self.senses:
            obs["body"] = self.body.senses()
        if "touch" in self.senses:
            touch = np.zeros(len(PARTS), np.float32)
            for (part, _), force in self.touches.items():
                touch[PARTS.index(part)] = max(touch[PARTS.index(part)], force)
            obs["touch"] = touch
        if "things" in self.senses:
            obs["things"] = self._see()
        if "vitals" in self.senses:
            obs["vitals"] = np.array([self.vitals.energy, self.vitals.damage, self.vitals.temperature], np.float32)
        return obs

    def _see(self) -> npt.NDArray[np.float32]:
        rows = []
        for body, toy in zip(self.toys, TOYS, strict=True):
            position, q, velocity, _ = self.physics.state(body)
            rows.append(features(toy.shape, position, velocity, yaw(q)))
        rows.append(features(PLATE, (*self.plate, 0.0)))
        rows.append(features(FEEDER, self.physics.state(self.feeder)[0]))
        return np.array(rows, np.float32)

    def _apply(self, event: Event) -> None:
        if isinstance(event, Meal):
            self.vitals.gain(event.energy)
            return
        bodies = {**{name: body for body, name in self._names.items()}, "kitten": self.body.id}
        del bodies[FEEDER.name]  # it is fixed to the floor
        if event.target not in bodies:
            raise unknown("target", event.target, bodies)
        if isinstance(event, Poke):
            self.physics.push(bodies[event.target], event.impulse)
        elif isinstance(event, Place):
            x, y = (float(np.clip(v, -SIZE / 2 + 0.3, SIZE / 2 - 0.3)) for v in event.position)
            if event.target == "kitten":
                self._land(x, y)
            else:
                half = TOYS[self.toys.index(bodies[event.target])].shape.size[2]
                self.physics.place(bodies[event.target], (x, y, half))

    def _poses(self) -> npt.NDArray[np.float32]:
        fixed = np.array([(0, 0, 0, 0, 0, 0, 1), (*self.plate, 0.002, 0, 0, 0, 1)], np.float32)
        bodies = [self.feeder, *self.toys, self.body.id]
        return np.concatenate([fixed, self.physics.poses(bodies, self.body.id, range(len(kitten.JOINTS)))])

    def scene(self) -> Scene:
        """Returns what there is to draw, with the poses of now."""
        return Scene(self._shapes, self._nodes, self._poses(), self._nodes.index("kitten"), (SIZE, SIZE))

    def film(self) -> npt.NDArray[np.float32]:
        """Returns (film, M, 7) poses of the scene's nodes during the last step, the last one at its end."""
        return self._film

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state of body and things, the contacts of the last step, and the plate's heat."""
        position, q, _, _ = self.physics.state(self.body.id)
        seen = self._see()
        return {
            "body.position": np.array(position, np.float32),
            "body.heading": yaw(q),
            "things.names": self.things,
            "things.position": seen[:, :3],
            "things.velocity": seen[:, 3:6],
            "contacts": [(part, name, force) for (part, name), force in self.touches.items()],
            "plate.heat": self.heat,
            "on_plate": self.on_plate(),
        }

    def _state(self) -> dict[str, Any]:
        return {
            "vitals": asdict(self.vitals),
            "heat": self.heat,
            "plate": self.plate,
            "touches": [[*key, force] for key, force in self.touches.items()],
            "film": self._film.tolist(),
        }

    def _set_state(self, state: dict[str, Any]) -> None:
        self.vitals, self.heat = Vitals(**state["vitals"]), state["heat"]
        self.plate = tuple(state["plate"])
        self.physics.place(self.plate_look, (*self.plate, 0.002))
        self.touches = {(part, name): force for part, name, force in state["touches"]}
        self._film = np.array(state["film"], np.float32)
