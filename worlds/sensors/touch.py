"""The sense ``touch``: the strongest contact of each part of a body with each thing, in one control step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body
from worlds.physics.client import Physics

WITHOUT_EVENT = ("wall", "floor")  # contacts with these are no events


class TouchSensor:
    """Reads the contacts of a body and keeps the strongest of each control step.

    Args:
        physics: The physics that the body is in.
        body: The body that feels.
        names: Names of things by the number of their body; every other body is a wall.
        ignored: Numbers of the bodies whose contacts do not count.

    Attributes:
        contact_forces: Strongest force (N) by part of the body and name of what it touched.
    """

    def __init__(self, physics: Physics, body: Body, names: Mapping[int, str], ignored: Collection[int]) -> None:
        self._physics, self._body, self._names, self._ignored = physics, body, names, ignored
        self._rows = {part: i for i, part in enumerate(body.parts)}
        self.contact_forces: dict[tuple[str, str], float] = {}

    def reset(self) -> None:
        """Starts a control step without contacts."""
        self.contact_forces = {}

    def update(self) -> None:
        """Reads the current contacts."""
        for contact in self._physics.contacts(self._body.id, self._ignored):
            key = (self._body.touched_part(contact), self._names.get(contact.other, "wall"))
            if contact.force > self.contact_forces.get(key, 0.0):
                self.contact_forces[key] = contact.force

    def read(self) -> npt.NDArray[np.float32]:
        """Returns (P,) the strongest force (N) on each part of the body."""
        touch = np.zeros(len(self._rows), np.float32)
        for (part, _), force in self.contact_forces.items():
            row = self._rows[part]
            touch[row] = max(touch[row], force)
        return touch

    def events(self) -> list[dict[str, Any]]:
        """Returns an event for each thing that was touched, with the part that touched it first."""
        first: dict[str, tuple[str, float]] = {}
        for (part, name), force in self.contact_forces.items():
            if name not in WITHOUT_EVENT:
                first.setdefault(name, (part, force))
        return [
            {"event": "contact", "part": part, "thing": name, "force": round(force, 3)}
            for name, (part, force) in first.items()
        ]

    def state(self) -> list[list[Any]]:
        """Returns the contact forces, as JSON types."""
        return [[*key, force] for key, force in self.contact_forces.items()]

    def set_state(self, state: list[list[Any]]) -> None:
        """Restores what `state` returned."""
        self.contact_forces = {(part, name): force for part, name, force in state}
