"""Every influence from outside a life: what a user does to a world is one of these, and is logged."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from housecat.core.errors import UserError


def _numbers(name: str, values: Sequence[float], count: int) -> None:
    try:
        fine = len(values) == count and all(math.isfinite(value) for value in values)
    except TypeError:
        fine = False
    if not fine:
        raise UserError(f"{name}={values!r}; it takes {count} finite number{'s' if count > 1 else ''}")


@dataclass(frozen=True)
class Poke:
    """A short push on a thing or body, at its centre.

    Attributes:
        target: Name of a thing, or of the body.
        impulse: (x, y, z) in newton seconds, in the room's frame.
    """

    target: str
    impulse: tuple[float, float, float]

    def __post_init__(self) -> None:
        _numbers("impulse", self.impulse, 3)


@dataclass(frozen=True)
class Place:
    """Puts a thing somewhere at rest.

    Attributes:
        target: Name of a thing, or of the body.
        position: (x, y) in metres, in the room's frame.
    """

    target: str
    position: tuple[float, float]

    def __post_init__(self) -> None:
        _numbers("position", self.position, 2)


@dataclass(frozen=True)
class Meal:
    """Gives the body energy (a share of a full store, 0 to 1)."""

    energy: float = 0.5

    def __post_init__(self) -> None:
        _numbers("energy", (self.energy,), 1)


@dataclass(frozen=True)
class Switch:
    """Sets something that a room lets a user set while it runs.

    Attributes:
        target: What to set, such as ``"pairing"`` in the stove.
        setting: What to set it to, such as ``"off"``.
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
    """Returns the event as a plain mapping with its kind under ``"event"``."""
    return {"event": type(event).__name__.lower(), **asdict(event)}


def from_json(data: dict[str, Any]) -> Event:
    """Reads back what `to_json` wrote.

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
