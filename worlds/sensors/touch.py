"""What a body feels: the strongest touch of each of its parts by each thing, in one control step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body
from worlds.physics.client import Physics

PLAIN = ("wall", "floor")  # of which no event tells


class TouchSensor:
    """Looks at contacts and keeps the strongest.

    Args:
        physics: That the body is in.
        body: Whose skin it is.
        names: What a person would call the bodies of things; all others are walls.
        unfelt: Bodies whose touch does not count.

    Attributes:
        touches: Force (N) by part of the body and name of what it touched.
    """

    def __init__(self, physics: Physics, body: Body, names: Mapping[int, str], unfelt: Collection[int]) -> None:
        self._physics, self._body, self._names, self._unfelt = physics, body, names, unfelt
        self._rows = {part: i for i, part in enumerate(body.parts)}
        self.touches: dict[tuple[str, str], float] = {}

    def reset(self) -> None:
        """Begins a control step: nothing has been touched."""
        self.touches = {}

    def update(self) -> None:
        """Looks at what touches the body now."""
        for contact in self._physics.contacts(self._body.id, self._unfelt):
            key = (self._body.touched_part(contact), self._names.get(contact.other, "wall"))
            if contact.force > self.touches.get(key, 0.0):
                self.touches[key] = contact.force

    def read(self) -> npt.NDArray[np.float32]:
        """Returns (P,) the strongest force (N) on each part of the body."""
        touch = np.zeros(len(self._rows), np.float32)
        for (part, _), force in self.touches.items():
            row = self._rows[part]
            touch[row] = max(touch[row], force)
        return touch

    def events(self) -> list[dict[str, Any]]:
        """Returns an event for each thing that was touched, with the part that touched it first."""
        first: dict[str, tuple[str, float]] = {}
        for (part, name), force in self.touches.items():
            if name not in PLAIN:
                first.setdefault(name, (part, force))
        return [
            {"event": "contact", "part": part, "thing": name, "force": round(force, 3)}
            for name, (part, force) in first.items()
        ]

    def state(self) -> list[list[Any]]:
        """Returns the touches, fit for JSON."""
        return [[*key, force] for key, force in self.touches.items()]

    def set_state(self, state: list[list[Any]]) -> None:
        """Puts back what `state` returned."""
        self.touches = {(part, name): force for part, name, force in state}
