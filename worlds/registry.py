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
    """The description of a world, which can be given without making the world.

    Attributes:
        bodies: Names of the bodies that it can be made with.
        options: Names of the options that it has besides those of every room.
        id: Its id in Gymnasium; empty for a class in a file.
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
        seed: Seed of the layout; None for a different one each time.
        **options: Options of the world: ``body``, ``senses``, ``control_dt``, ``physics_dt``, ``frames_per_step``,
            ``render_mode``, ...

    Raises:
        UserError: If there is no such world, an option does not fit, or a user's own world is broken.
    """
    world_class = class_of(name)
    REGISTRY.require_methods(name, world_class, "define it, see docs/howto/room.md")

    def create() -> World:
        check_options(world_class, options)
        return world_class(seed=seed, **options)  # type: ignore[call-arg]  # every registered world takes a seed

    return create() if name in BUILTIN else REGISTRY.instantiate(name, world_class, create)


def gym_id(name: str) -> str:
    """Returns the id of a registered world in Gymnasium, such as ``housecat/Playroom-v0``.

    `gymnasium.make` finds it after ``import worlds``, or with the package before it: ``worlds:housecat/Playroom-v0``.
    """
    version = BUILTIN[name].version if name in BUILTIN else 0
    return f"housecat/{''.join(part.capitalize() for part in name.replace('-', '_').split('_'))}-v{version}"


def register() -> None:
    """Registers all worlds with Gymnasium; plug-ins are not imported for it.

    There senses come flat, since what learns through Gymnasium takes rows and pictures, not tables; and poses are
    recorded once per step, since nobody watches between two steps.
    """
    entry_points = {name: point.value for name, point in REGISTRY.entry_points().items()}
    entry_points |= {name: f"{world_class.__module__}:{world_class.__name__}" for name, world_class in BUILTIN.items()}
    for name, entry_point in entry_points.items():
        if gym_id(name) not in gymnasium.registry:
            gymnasium.register(gym_id(name), entry_point=entry_point, kwargs={"flat": True, "frames_per_step": 1})


def describe(*selected: str) -> tuple[Description, ...]:
    """Describes worlds.

    Args:
        *selected: Names of worlds, or ``file.py:Class``; all registered worlds when none is given.

    Returns:
        A description of each; that of a world which cannot be imported holds the problem.
    """
    return tuple(_description(name) for name in selected or names())


def _description(name: str) -> Description:
    origin, gymnasium_id = REGISTRY.origin(name), "" if is_file_spec(name) else gym_id(name)
    try:
        world_class = class_of(name)
    except UserError as error:
        return Description(name, origin=origin, problem=str(error), id=gymnasium_id)
    try:
        bodies = tuple(getattr(world_class, "bodies", ()))
        return Description(
            name, summary_of(world_class), origin, bodies=bodies, options=own_options(world_class), id=gymnasium_id
        )
    except Exception as error:  # whatever a user's class raises
        return Description(name, origin=origin, problem=f"it cannot be described: {error}", id=gymnasium_id)
