"""Options that a world is made with: their names, and whether a value fits."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final

from housecat.core.errors import UserError, unknown_name
from worlds.env import World
from worlds.rooms.base import Room

RENAMED: Final = {"film": "frames_per_step"}  # former names, which logs may still hold
TYPE_NAMES: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "a word", type(None): "None"}


def option_parameters(world_class: type[World]) -> dict[str, inspect.Parameter]:
    """Returns all options that a world takes, by name; what it takes as ``**options`` it hands on to its bases."""
    found: dict[str, inspect.Parameter] = {}
    for base in world_class.__mro__:
        if issubclass(base, World):
            parameters = inspect.signature(base).parameters
            found |= {name: parameter for name, parameter in parameters.items() if name not in found}
            if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
                break
    variadic = inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL
    return {name: parameter for name, parameter in found.items() if parameter.kind not in variadic}


def own_options(world_class: type[World]) -> tuple[str, ...]:
    """Returns the names of the options that a world has besides those of every room."""
    common = option_parameters(Room)  # type: ignore[type-abstract]  # nobody makes one of it
    return tuple(name for name in option_parameters(world_class) if name not in common)


def check_options(world_class: type[World], options: Mapping[str, Any]) -> None:
    """Checks that a world takes these options, with values of these types.

    Raises:
        UserError: If an option is unknown, was renamed, or has a value of another type.
    """
    known = option_parameters(world_class)
    for name, value in options.items():
        if name not in known:
            if name in RENAMED:
                raise UserError(f"the option {name!r} is now called {RENAMED[name]!r}")
            raise unknown_name(f"option of {world_class.__name__}", name, known)
        expected = _type_hint(world_class, name)
        if not _has_type(value, expected):
            raise UserError(f"{name}={value!r}; allowed in {world_class.__name__}: {_type_in_words(expected)}")


def _type_hint(world_class: type[World], name: str) -> Any:
    for base in world_class.__mro__:
        if issubclass(base, World) and name in inspect.signature(base).parameters:
            try:
                return typing.get_type_hints(base.__init__).get(name, Any)
            except Exception:  # hints of a user's file, such as of types that it imports for type checkers alone
                return Any
    return Any


def _has_type(value: Any, expected: Any) -> bool:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Union, types.UnionType):
        return any(_has_type(value, alternative) for alternative in arguments)
    if origin is Sequence:
        items = isinstance(value, Sequence) and not isinstance(value, str)
        return items and all(_has_type(item, arguments[0]) for item in value)
    if origin is typing.Literal:
        return isinstance(value, str)  # the world itself says which words it takes
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return not isinstance(expected, type) or expected in (Any, object) or isinstance(value, expected)


def _type_in_words(expected: Any) -> str:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type_in_words(alternative) for alternative in arguments)
    if origin is Sequence:
        return f"several, each {_type_in_words(arguments[0])}"
    if origin is typing.Literal:
        return f"one of {', '.join(map(repr, arguments))}"
    return TYPE_NAMES.get(expected, str(expected))
