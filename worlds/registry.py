"""Worlds by name: the ones that come with housecat, installed plug-ins, and classes in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import gymnasium

from housecat.core.errors import UserError
from housecat.core.plugins import PluginKind, is_file_spec
from housecat.core.registry import PluginDescription, Registry, summary_of
from worlds.env import World
from worlds.options import check_options, own_options
from worlds.rooms import ROOMS

GROUP: Final = "housecat.worlds"
BUILTIN: Final[dict[str, type[World]]] = {**ROOMS}
WORLD = PluginKind(
    base=World,  # type: ignore[type-abstract]
    noun="world",
    base_name="worlds.Room",
    example="my_worlds.py:Attic",
    members="methods `build` and `initialize_episode`",
)
REGISTRY = Registry(GROUP, BUILTIN, WORLD)


@dataclass(frozen=True)
class Description(PluginDescription):
    """What can be said of a world without making it.

    Attributes:
        bodies: Names of the bodies that fit it.
        options: Names of the options that it has besides those of every room.
        id: Gymnasium's id of it; empty for a class in a file.
    """

    bodies: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    id: str = ""


def names() -> tuple[str, ...]:
    """Returns the names of all registered worlds, housecat's own first."""
    return tuple(REGISTRY.names())


def class_of(name: str) -> type[World]:
    """Finds the class of a registered world or of a class in a file.

    Raises:
        UserError: There is no such world, or it cannot be imported.
    """
    return REGISTRY.load(name)


def make(name: str, seed: int | None = 0, **options: Any) -> World:
    """Makes a world, laid out by the seed.

    Args:
        name: One of `names()`, or ``path/to/file.py:ClassName``.
        seed: For the layout; None for a different one each time.
        **options: Of the world: ``body``, ``senses``, ``control_dt``, ``physics_dt``, ``frames_per_step``,
        ``render_mode``, ...

    Raises:
        UserError: If there is no such world, an option does not fit, or a world of somebody's own is broken.
    """
    kind = class_of(name)
    REGISTRY.require_methods(name, kind, "define it, see docs/worlds.md")

    def create() -> World:
        check_options(kind, options)
        return kind(seed=seed, **options)  # type: ignore[call-arg]  # every registered world takes a seed

    return create() if name in BUILTIN else REGISTRY.instantiate(name, kind, create)


def gym_id(name: str) -> str:
    """Returns what Gymnasium knows a registered world by: ``housecat/Playroom-v0``."""
    version = BUILTIN[name].version if name in BUILTIN else 0
    return f"housecat/{''.join(part.capitalize() for part in name.replace('-', '_').split('_'))}-v{version}"


def register() -> None:
    """Registers all worlds with Gymnasium; plug-ins are not imported for it.

    There senses come flat, since what learns through Gymnasium takes rows and pictures, not tables; and poses are
    recorded once per step, since nobody watches between two steps.
    """
    places = {name: f"{kind.__module__}:{kind.__name__}" for name, kind in BUILTIN.items()}
    for name, place in {**{name: point.value for name, point in REGISTRY.entry_points().items()}, **places}.items():
        if gym_id(name) not in gymnasium.registry:
            gymnasium.register(gym_id(name), entry_point=place, kwargs={"flat": True, "frames_per_step": 1})


def describe(*which: str) -> tuple[Description, ...]:
    """Describes the worlds named, or all that are registered; one that cannot be imported tells its problem."""
    return tuple(_description(name) for name in which or names())


def _description(name: str) -> Description:
    origin, gymnasium_id = REGISTRY.origin(name), "" if is_file_spec(name) else gym_id(name)
    try:
        kind = class_of(name)
    except UserError as error:
        return Description(name, origin=origin, problem=str(error), id=gymnasium_id)
    try:
        bodies = tuple(getattr(kind, "bodies", ()))
        return Description(name, summary_of(kind), origin, bodies=bodies, options=own_options(kind), id=gymnasium_id)
    except Exception as error:  # somebody's class, of which nothing is known
        return Description(name, origin=origin, problem=f"it cannot be described: {error}", id=gymnasium_id)
