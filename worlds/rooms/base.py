"""The base class of all rooms: one body among things on a floor."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from housecat.core.errors import UserError, unknown_name
from housecat.core.obs_layout import THINGS
from worlds.bodies import BODIES, yaw
from worlds.events import Event, Meal, Place, Poke, Switch
from worlds.rendering.scene import Scene
from worlds.rooms.builder import WALL
from worlds.rooms.placement import distance_to_box
from worlds.rooms.pose_recorder import PoseRecorder
from worlds.rooms.room_sensors import RoomSensors
from worlds.rooms.scene_nodes import SceneNodes
from worlds.rooms.step_schedule import schedule_step
from worlds.sensors.camera import Backend
from worlds.sensors.vitals import Vitals

__all__ = ["WALL", "Room"]

MAX_LAYOUTS = 50  # random layouts tried until the things that `options["layout"]` places overlap nothing
PLACE_MARGIN = 0.3  # distance from the walls (m) that the event `Place` keeps
CONTACT_EVERY = 4  # substeps between two readings of contacts: 60 Hz, with physics at 240 Hz


class Room(RoomSensors):
    """A world with one body among things on a floor.

    A subclass adds things in `build`, places them in `initialize_episode`, and changes by itself in `update`.

    Observations have the senses ``body``, ``touch``, ``things`` and ``vitals``, and ``cues`` and ``eye`` where asked
    for. Their columns are named in `housecat.core.obs_layout`: index by the names there, such as ``THINGS.position``.

    Args:
        seed: Seed of the layout; None for a different one each time.
        body: Name of the body, one of `bodies`; the first when not given.
        senses: Names of the senses in an observation.
        things: ``"all"`` for the sense ``things`` to hold all things, or ``"seen"`` for those in view of the head
            alone: the rows of others are 0, so that an agent must remember what is out of sight.
        eye: What the sense ``eye`` is drawn by: ``"moderngl"`` (OpenGL), ``"tiny"`` (slow, needs nothing), or
            ``"auto"`` for the best that works here; ``info["eye"]`` of `reset` says which it is.
        **options: Options of every world, see `World`.

    Attributes:
        bodies: Names of the bodies that the room can be made with.
        state_attributes: Names of the attributes that change and that the physics does not hold; snapshots keep them.
            Numbers, strings, and lists of these.

    Raises:
        UserError: If an option does not fit.
    """

    bodies: ClassVar[tuple[str, ...]] = ("kitten",)
    state_attributes: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        seed: int | None = None,
        body: str | None = None,
        senses: Sequence[str] = ("body", "touch", "things", "vitals"),
        things: Literal["all", "seen"] = "all",
        eye: Backend = "auto",
        **options: Any,
    ) -> None:
        body_name = self.bodies[0] if body is None else body
        if body_name not in self.bodies:
            raise unknown_name("body for this room", body_name, self.bodies)
        super().__init__(senses, things, eye, **options)
        self.vitals = Vitals()
        self.build()
        self.body = BODIES[body_name](self.physics)
        self._finish_building()
        self.action_space = spaces.Box(-1.0, 1.0, (len(self.body.actions),), np.float32)
        self.reset(seed=seed)

    def _finish_building(self) -> None:
        """Makes what depends on all things and the body: sensors, recorder, scene and schedule."""
        self._build_sensors()
        self._placeable = {thing.name: thing for thing in self._things if thing.link < 0}
        self._pose_recorder = PoseRecorder(self.physics, self._things, self.body, self.frames_per_step)
        self._scene_nodes = SceneNodes(
            self._statics, self._things, self._decor, self.body, self._kinematic_parts, self.size
        )
        solid = [thing.body for thing in self._things if not thing.visual_only and thing.link < 0]
        self._solids = (*solid, *self._jointed, self.body.id)
        self._step_schedule = schedule_step(self.substeps, self.frames_per_step, CONTACT_EVERY)

    def place_body(self) -> None:
        """Places the body at a random free position.

        Called after `initialize_episode`, for each layout that `reset` draws.
        """
        x, y = self.sample_position(0.35, 0.6)
        self.body.place(x, y, float(self.np_random.uniform(-math.pi, math.pi)), self.ground_height(x, y))

    @property
    def update_dt(self) -> float:
        """Seconds between two calls of `update`."""
        return CONTACT_EVERY * self.physics_dt

    def _reset_layout(self, layout: Mapping[str, Sequence[float]]) -> None:
        self._clear_contacts()
        for thing in self._things:
            thing.color, thing.glow, thing.present = thing.shape.color, thing.shape.glow, True
        for retries in reversed(range(MAX_LAYOUTS)):
            self.placement.taken = []
            for fixture in self._fixtures:
                fixture.initialize_episode()
            self.initialize_episode()
            self.place_body()
            for name, place in layout.items():
                self._place_named(name, place)
            if not layout or self._check_layout(layout, retries):
                break
        self.vitals = Vitals()
        self._touch_sensor.reset()
        self._pose_recorder.reset()

    def _place_named(self, name: str, place: Sequence[float]) -> None:
        """Places a thing, or the body, as a layout says.

        Args:
            name: Name of the thing, or of the body.
            place: x and y (m), and optionally a heading (rad).

        Raises:
            UserError: If there is no thing of that name, or `place` has another form.
        """
        known = self._placeable
        if name != self.body.name and name not in known:
            raise unknown_name("thing in a layout", name, (*known, self.body.name))
        if len(place) not in (2, 3) or not all(map(math.isfinite, place)):
            raise UserError(f"layout[{name!r}]={place!r}; give x, y (m) and, optionally, a heading (rad)")
        x, y, heading = (*map(float, place), 0.0)[:3]
        if name == self.body.name:
            self.body.place(x, y, heading, self.ground_height(x, y))
        else:
            known[name].place(x, y, self.ground_height(x, y) + known[name].shape.size[2], heading)

    def _check_layout(self, layout: Mapping[str, Sequence[float]], retries: int) -> bool:
        """Checks that what was placed by name lies in the room and overlaps nothing.

        Args:
            layout: Where the named things were placed.
            retries: How many more layouts may be drawn for everything else.

        Returns:
            Whether it does; False where it overlaps something that was placed at random, as long as retries are left.

        Raises:
            UserError: If it lies outside, or overlaps something that no other layout moves away.
        """
        where = {name: (*t.pose()[0][:2], t.radius) for name, t in self._placeable.items() if not t.visual_only}
        where[self.body.name] = (*self.physics.pose(self.body.id)[0][:2], self.body.radius)
        for name in layout:
            if name not in where:
                continue  # visual-only things overlap nothing
            x, y, r = where[name]
            if abs(x) > self.size[0] / 2 - r or abs(y) > self.size[1] / 2 - r:
                raise UserError(
                    f"layout[{name!r}]={tuple(layout[name])} lies outside the room of {self.size[0]} x {self.size[1]} m"
                )
            for other, (a, b, s) in where.items():
                if other != name and math.hypot(x - a, y - b) < r + s:
                    if retries and other not in layout:
                        return False
                    raise UserError(f"layout[{name!r}]={tuple(layout[name])} overlaps {other} at ({a:.2f}, {b:.2f})")
            for wall in self._barriers:
                if distance_to_box((x, y), wall.position, wall.size) < r:
                    a, b, _ = wall.position
                    raise UserError(
                        f"layout[{name!r}]={tuple(layout[name])} overlaps {wall.name} at ({a:.2f}, {b:.2f})"
                    )
        return True

    def place_body_near(self, x: float, y: float) -> None:
        """Places the body upright at the nearest free position (m), see `_free_spot_near`."""
        x, y = self._free_spot_near(x, y)
        self.body.place(x, y, yaw(self.physics.pose(self.body.id)[1]), self.ground_height(x, y))

    def _free_spot_near(self, x: float, y: float) -> tuple[float, float]:
        """Finds the nearest free position (m) of a grid within 1.5 m; where none is free, the nearest of the grid.

        A body placed inside a thing would be pressed against it with thousands of newtons, and never come free.
        """
        reach = self.body.clearance
        solid = [t for t in self._things if not t.visual_only and t.link < 0]
        # A movable thing needs no more room than its own; beside an immovable one there must be space to turn.
        things = [(*t.pose()[0][:2], t.radius * (1.0 if t.movable else 1.5)) for t in solid]
        edge = np.array(self.size) / 2 - reach
        spots = []
        for dx, dy in itertools.product(np.linspace(-1.5, 1.5, 13), repeat=2):
            at = (float(np.clip(x + dx, -edge[0], edge[0])), float(np.clip(y + dy, -edge[1], edge[1])))
            room_left = min((math.hypot(at[0] - a, at[1] - b) - r for a, b, r in things), default=math.inf)
            walled = any(distance_to_box(at, wall.position, wall.size) < reach for wall in self._barriers)
            spots.append((walled or room_left < reach, math.hypot(at[0] - x, at[1] - y), at))
        return min(spots)[2]

    def _clear_contacts(self) -> None:
        """Makes the physics drop every cached contact, so that a used room is bit-equal to a new one.

        Restoring a saved state without contacts would be quicker, but is not exact: measured.
        """
        self.physics.separate(self._solids)

    def _advance(self, action: npt.NDArray[np.float32]) -> None:
        self.body.act(action)
        self.before_step()
        for fixture in self._fixtures:
            fixture.before_step()
        self._touch_sensor.reset()
        captures = []
        for segment in self._step_schedule:
            self.physics.step(segment.substeps)
            if segment.reads_contacts:
                self._touch_sensor.update()
                self.update()
                for fixture in self._fixtures:
                    fixture.update()
            if segment.captures_poses:
                captures.append(self._pose_recorder.capture())
        self._pose_recorder.set_captures(captures)
        self._step_vitals(float(np.add.reduce(action * action) / len(action)))

    def _step_vitals(self, effort: float) -> None:
        """Advances the vitals by one control step, and lists the events of the step."""
        gained = self.vitals.step(self.control_dt, effort, self.is_fed(), self.ground_heat())
        self.events += self._touch_sensor.events()
        if gained:
            self.events.append({"event": "fed", "energy": round(self.vitals.energy, 4)})
        if self.body.fall_threshold is not None and self.body.upright_cosine() < self.body.fall_threshold:
            self.events.append({"event": "fall"})
            x, y, _ = self.physics.pose(self.body.id)[0]
            self.place_body_near(x, y)

    def _apply_event(self, event: Event) -> None:
        if isinstance(event, Meal):
            self.vitals.add_energy(event.energy)
            return
        if isinstance(event, Switch):
            self.set_parameter(event.target, event.setting)
            return
        movable = {thing.name: thing for thing in self._things if thing.movable}
        if event.target not in (*movable, self.body.name):
            raise unknown_name("target", event.target, (*movable, self.body.name))
        thing = movable.get(event.target)
        if isinstance(event, Poke):
            self.physics.apply_impulse(self.body.id if thing is None else thing.body, event.impulse)
        elif isinstance(event, Place):
            x, y = (
                float(np.clip(v, -side / 2 + PLACE_MARGIN, side / 2 - PLACE_MARGIN))
                for v, side in zip(event.position, self.size, strict=True)
            )
            if thing is None:
                self.place_body_near(x, y)
            else:
                thing.place(x, y, self.ground_height(x, y) + thing.shape.size[2])

    def scene(self) -> Scene:
        """Returns the shapes to draw, with their current poses."""
        return self._scene_nodes.scene(self._pose_recorder.current_poses())

    def frames(self) -> npt.NDArray[np.float32]:
        """Returns (frames_per_step, M, 7) poses of the scene's nodes during the last step, the last one at its end."""
        return self._scene_nodes.with_kinematic_parts(self._pose_recorder.poses)

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state of body and things, and the contacts of the last step; a subclass adds its own."""
        position, q = self.body.pose()
        things = self._things_sensor.read()
        return {
            "body.position": np.array(position, np.float32),
            "body.heading": yaw(q),
            "things.names": self.things,
            "things.position": things[:, THINGS.position],
            "things.velocity": things[:, THINGS.velocity],
            "contacts": [(part, name, force) for (part, name), force in self.contact_forces.items()],
            **{key: value for fixture in self._fixtures for key, value in fixture.truth().items()},
        }

    def _state(self) -> dict[str, Any]:
        # The keys are part of the format of snapshots: `film` holds the recorded poses, `pieces` the kinematic parts.
        return {
            "vitals": asdict(self.vitals),
            "touches": self._touch_sensor.state(),
            "things": [thing.state() for thing in self._things],
            "film": self._pose_recorder.poses.tolist(),
            "eye": self._vision.camera.backend if "eye" in self.senses else None,
            "pieces": [part.row.tolist() if part.visual_only else None for part in self._kinematic_parts],
            "fixtures": [fixture.state() for fixture in self._fixtures],
            "memory": {name: getattr(self, name) for name in self.state_attributes},
        }

    def _set_state(self, state: dict[str, Any]) -> None:
        self.vitals = Vitals(**state["vitals"])
        self._touch_sensor.set_state(state["touches"])
        for thing, kept in zip(self._things, state["things"], strict=True):
            thing.set_state(kept)
        poses = np.array(state["film"], np.float32)
        if len(poses) == self.frames_per_step:
            self._pose_recorder.poses = poses
        else:  # of a world that recorded another number of poses per step
            self._pose_recorder.reset()
        if "eye" in self.senses and state["eye"]:
            self._vision.warn_if_backend_differs(state["eye"])
        for part, row in zip(self._kinematic_parts, state["pieces"], strict=True):
            part.restore(row)
        for name in self.state_attributes:
            setattr(self, name, state["memory"][name])
        for fixture, kept in zip(self._fixtures, state["fixtures"], strict=True):
            fixture.set_state(kept)

    def close(self) -> None:
        """Frees physics, renderers and window."""
        self._vision.close()
        super().close()
