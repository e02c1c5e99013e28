"""Bodies, things and rooms, simulated by PyBullet, as Gymnasium environments."""

from __future__ import annotations

from typing import Any

import gymnasium

from usererror import unknown
from worlds.events import Event, Meal, Place, Poke, Switch
from worlds.rooms import ROOMS, Room
from worlds.scene import Scene, Shape
from worlds.world import World

__all__ = ["Event", "Meal", "Place", "Poke", "Room", "Scene", "Shape", "Switch", "World", "describe", "make", "names"]

WORLDS: dict[str, type[World]] = {**ROOMS}

for _name, _world in WORLDS.items():
    gymnasium.register(f"housecat/{_name.title()}-v0", entry_point=f"{_world.__module__}:{_world.__name__}")


def names() -> tuple[str, ...]:
    """Returns the names of all worlds."""
    return tuple(WORLDS)


def describe() -> dict[str, str]:
    """Returns the first line of each world's description, by name."""
    return {name: (world.__doc__ or "").strip().splitlines()[0] for name, world in WORLDS.items()}


def make(name: str, seed: int | None = 0, **options: Any) -> World:
    """Makes a world, laid out by the seed.

    Args:
        name: One of `names()`.
        seed: For the layout; None for a different one each time.
        **options: Of the world: ``senses``, ``control_dt``, ``physics_dt``, ``film``, ``render_mode``.

    Raises:
        UserError: If there is no such world or an option does not fit.
    """
    if name not in WORLDS:
        raise unknown("world", name, WORLDS)
    return WORLDS[name](seed=seed, **options)  # type: ignore[call-arg]  # every registered world takes a seed
