"""Options that several commands take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import tyro

from housecat.core.errors import UserError

UNFIT = "flat", "render_mode", "film"  # options of a world that a life has its own ways with
Json = Annotated[bool, tyro.conf.arg(help="Print the result as one JSON object.")]
Name = Annotated[str | None, tyro.conf.arg(metavar="NAME")]
Place = Annotated[Path | None, tyro.conf.arg(metavar="PATH")]


def room_options(body: str | None, given: Sequence[str]) -> dict[str, Any]:
    """Returns what a world is made with, from `--body` and from what `--room` was given, once for each.

    Raises:
        UserError: If one has no value, is given twice, or has an option of its own.
    """
    found: dict[str, Any] = {} if body is None else {"body": body}
    return found | _pairs("--room", "extras=all", given, ("body", "seed"), UNFIT)


def mind_settings(newborn: bool, given: Sequence[str]) -> dict[str, Any]:
    """Returns how a newborn mind is made, from what `--setting` was given, once for each.

    Raises:
        UserError: If one has no value, is given twice, or has an option of its own; or if the mind is no newborn.
    """
    found = _pairs("--setting", "planner=mppi", given, ("objective", "seed"))
    if found and not newborn:
        raise UserError(f"--setting {given[0]}: a mind that has lived keeps its settings; add --newborn for a new one")
    return found


def _pairs(
    flag: str, example: str, given: Sequence[str], others: Sequence[str], unfit: Sequence[str] = ()
) -> dict[str, Any]:
    """Reads NAME=VALUE: ``true`` or ``false``, a number, a word, or several of them with commas between."""
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise UserError(f"{flag} {text!r}: give a name and its value, such as {flag} {example}")
        if name in others:
            raise UserError(f"{flag} {text!r}: that has an option of its own, --{name} {value or name.upper()}")
        if name in unfit:
            raise UserError(f"{flag} {text!r}: that is for programs, not for a life that is watched or recorded")
        if name in found:
            raise UserError(f"{flag} {name} is given twice: {found[name]!r} and {value!r}")
        parts = [_value(part) for part in value.split(",") if part or "," not in value]
        found[name] = parts if "," in value else parts[0]
    return found


def _value(text: str) -> bool | float | str:
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            found = number(text)
        except ValueError:
            continue
        if math.isfinite(found):  # else it is but a word
            return found
    return text
