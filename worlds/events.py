"""Events: everything that a user can do to a world while it runs; each is logged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from housecat.core.errors import UserError


def _check_numbers(name: str, values: Sequence[float], count: int) -> None:
    try:
        valid = len(values) == count and all(math.isfinite(value) for value in values)
    except TypeError:
        valid = False
    if not valid:
        raise UserError(f"{name}={values!r}; it takes {count} finite number{'s' if count > 1 else ''}")


@dataclass(frozen=True)
class Poke:
    """A short push on a thing or body, at its centre.

    Attributes:
        target: Name of a thing, or of the body.
        impulse: (x, y, z) impulse (N s), in the room's frame.
    """

    target: str
    impulse: tuple[float, float, float]

    def __post_init__(self) -> None:
        _check_numbers("impulse", self.impulse, 3)


@dataclass(frozen=True)
class Place:
    """Places a thing, or the body, at rest.

    Attributes:
        target: Name of a thing, or of the body.
        position: (x, y) position (m), in the room's frame.
    """

    target: str
    position: tuple[float, float]

    def __post_init__(self) -> None:
        _check_numbers("position", self.position, 2)


@dataclass(frozen=True)
class Meal:
    """Gives the body energy.

    Attributes:
        energy: Energy to add, as a share of a full store (0 to 1).
    """

    energy: float = 0.5

    def __post_init__(self) -> None:
        _check_numbers("energy", (self.energy,), 1)


@dataclass(frozen=True)
class Switch:
    """Sets a parameter of a room while it runs, see `Room.set_parameter`.

    Attributes:
        target: Name of the parameter, such as ``"pairing"`` in the stove.
        setting: Its new value, such as ``"off"``.
    """

    target: str
    setting: str

    def __post_init__(self) -> None:
        for name in ("target", "setting"):
            if not isinstance(getattr(self, name), str):
                raise UserError(f"{name}={getattr(self, name)!r}; it takes a word")


Event = Poke | Place | Meal | Switch
EVENTS: dict[str, Callable[..., Event]] = {"poke": Poke, "place": Place, "meal": Meal, "switch": Switch}


def to_json(event: Event) -> dict[str, Any]:
    """Returns an event as a plain mapping, with its kind under ``"event"``."""
    return {"event": type(event).__name__.lower(), **asdict(event)}


def from_json(data: dict[str, Any]) -> Event:
    """Returns the event that `to_json` wrote.

    Raises:
        UserError: If the kind is unknown or a field is missing or unknown.
    """
    fields = dict(data)
    kind = fields.pop("event", None)
    if kind not in EVENTS:
        raise UserError(f"unknown event {kind!r}; known: {', '.join(EVENTS)}")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    try:
        return EVENTS[kind](**values)
    except TypeError as error:
        raise UserError(f"event {kind!r} cannot be read from {fields}: {error}") from error
