"""The sensors of a room: body, touch, things, vitals, cues and eye."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError, unknown_name
from housecat.core.obs_layout import VITALS, labels
from worlds.bodies.body import Body
from worlds.env import Obs
from worlds.rooms.builder import RoomBuilder
from worlds.sensors.camera import Backend
from worlds.sensors.observation import make_observation_space
from worlds.sensors.things import ThingsSensor
from worlds.sensors.touch import TouchSensor
from worlds.sensors.vision import Vision
from worlds.sensors.vitals import Vitals


class RoomSensors(RoomBuilder):
    """A room's observations.

    Args:
        senses: Names of the senses in an observation.
        things: ``"all"`` or ``"seen"``, see `Room`.
        eye: What the sense ``eye`` is drawn by.
        **options: Options of every world, see `World`.

    Attributes:
        cue_names: Names of the numbers in the sense ``cues``.
        body: The body.
        vitals: The body's vitals.
    """

    known_senses: ClassVar[tuple[str, ...]] = ("body", "touch", "things", "vitals", "cues", "eye")
    cue_names: ClassVar[tuple[str, ...]] = ()
    body: Body
    vitals: Vitals

    def __init__(self, senses: Sequence[str], things: Literal["all", "seen"], eye: Backend, **options: Any) -> None:
        super().__init__(senses, **options)
        if things not in ("all", "seen"):
            raise UserError(f"things={things!r}; allowed: 'all', or 'seen' for those in view of the head alone")
        if eye not in get_args(Backend):
            raise unknown_name("eye", eye, get_args(Backend))
        if "cues" in senses and not self.cue_names:
            raise UserError(f"{type(self).__name__} has no cues; its senses: body, touch, things, vitals, eye")
        self._only_seen = things == "seen"
        self._vision = Vision(self, eye)

    def _build_sensors(self) -> None:
        """Makes the sensors and the observation space; comes after things and body were added."""
        names = dict.fromkeys(self._floors, "floor") | {t.body: t.name for t in self._things if not t.visual_only}
        ignored = {self.body.id} if self.body.feels_floor else {self.body.id, *self._floors}
        self._touch_sensor = TouchSensor(self.physics, self.body, names, ignored)
        self._things_sensor = ThingsSensor(self._things)
        self._sensors = [(name, getattr(self, f"_sense_{name}")) for name in self.senses]
        self.observation_space = make_observation_space(
            self.senses,
            len(self.body.readings),
            len(self.body.parts),
            len(self._things),
            len(self.cue_names),
            self.flat,
        )

    @property
    def contact_forces(self) -> dict[tuple[str, str], float]:
        """Strongest force (N) in this control step, by part of the body and name of the thing."""
        return self._touch_sensor.contact_forces

    def is_touched(self, name: str) -> bool:
        """Returns whether the body has touched a thing in this control step.

        Args:
            name: Name of the thing.
        """
        return any(thing == name for _, thing in self.contact_forces)

    @property
    def readings(self) -> dict[str, tuple[str, ...]]:
        """Names of the columns of the senses ``body``, ``touch`` and ``vitals``."""
        vitals = tuple(labels(VITALS).values())
        return {"body": self.body.readings, "touch": self.body.parts, "vitals": vitals}

    def _read_senses(self) -> Obs:
        return {name: sense() for name, sense in self._sensors}

    def _sense_body(self) -> npt.NDArray[np.float32]:
        return self.body.proprioception()

    def _sense_touch(self) -> npt.NDArray[np.float32]:
        return self._touch_sensor.read()

    def _sense_things(self) -> npt.NDArray[np.float32]:
        sense = self._things_sensor.read()
        if self._only_seen:
            sense[~self._vision.in_view(self._things, self.body)] = 0.0
        return sense

    def _sense_cues(self) -> npt.NDArray[np.float32]:
        return np.array(self.cue_values(), np.float32)

    def _sense_eye(self) -> npt.NDArray[np.uint8]:
        return self._vision.render(self.body)

    def _sense_vitals(self) -> npt.NDArray[np.float32]:
        return np.array([self.vitals.energy, self.vitals.damage, self.vitals.temperature], np.float32)

    def _reset_info(self) -> dict[str, Any]:
        return {"eye": self._vision.camera.backend} if "eye" in self.senses else {}
