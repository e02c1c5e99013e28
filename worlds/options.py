"""Options that a world is made with: which there are, and whether a value fits."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final

from housecat.core.errors import UserError, unknown_name
from worlds.env import World
from worlds.rooms.base import Room

OWN_WORDS: Final = {bool: "true or false", int: "a whole number", float: "a number", str: "a word", type(None): "None"}


def known(kind: type[World]) -> dict[str, inspect.Parameter]:
    """Returns all options that a world takes, by name; what it takes as ``**options`` it hands on."""
    found: dict[str, inspect.Parameter] = {}
    for base in kind.__mro__:
        if issubclass(base, World):
            own = inspect.signature(base).parameters
            found |= {name: it for name, it in own.items() if name not in found}
            if not any(it.kind is it.VAR_KEYWORD for it in own.values()):
                break
    return {name: it for name, it in found.items() if it.kind not in (it.VAR_KEYWORD, it.VAR_POSITIONAL)}


def own(kind: type[World]) -> tuple[str, ...]:
    """Returns the names of the options that a world has besides those of every room."""
    common = known(Room)  # type: ignore[type-abstract]  # nobody makes one of it
    return tuple(name for name in known(kind) if name not in common)


def check(kind: type[World], given: Mapping[str, Any]) -> None:
    """Makes sure that a world takes some options, and values of their kinds.

    Raises:
        UserError: If not.
    """
    every = known(kind)
    for name, value in given.items():
        if name not in every:
            raise unknown_name(f"option of {kind.__name__}", name, every)
        wanted = _hint(kind, name)
        if not _fits(value, wanted):
            raise UserError(f"{name}={value!r}; allowed in {kind.__name__}: {_words(wanted)}")


def _hint(kind: type[World], name: str) -> Any:
    for base in kind.__mro__:
        if issubclass(base, World) and name in inspect.signature(base).parameters:
            try:
                return typing.get_type_hints(base.__init__).get(name, Any)
            except Exception:  # hints of somebody's file, such as of types that it imports for checkers alone
                return Any
    return Any


def _fits(value: Any, wanted: Any) -> bool:
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is Sequence:
        return not isinstance(value, str) and isinstance(value, Sequence) and all(_fits(it, inner[0]) for it in value)
    if origin is typing.Literal:
        return isinstance(value, str)  # which words, the world says itself
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return not isinstance(wanted, type) or wanted in (Any, object) or isinstance(value, wanted)


def _words(wanted: Any) -> str:
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_words(one) for one in inner)
    if origin is Sequence:
        return f"several, each {_words(inner[0])}"
    if origin is typing.Literal:
        return f"one of {', '.join(map(repr, inner))}"
    return OWN_WORDS.get(wanted, str(wanted))
