"""Objectives by name: the ones that come with housecat, installed plug-ins, and classes in files."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import torch

from intrinsic.disagreement import Disagreement
from intrinsic.effort import Effort
from intrinsic.guard import blame, fence, file_of, seed_of
from intrinsic.hunger import Hunger
from intrinsic.objective import Objective
from intrinsic.pain import Pain
from intrinsic.plugin import class_in_file, is_file_spec
from usererror import UserError, unknown

GROUP: Final = "housecat.objectives"
BUILTIN: Final[dict[str, type[Objective]]] = {
    "disagreement": Disagreement,
    "effort": Effort,
    "hunger": Hunger,
    "pain": Pain,
}


@dataclass(frozen=True)
class Description:
    """What can be said of an objective without running it.

    Attributes:
        name: What to call it by.
        summary: First line of its docstring.
        reads: Keys of the view that it needs.
        unit: Cost that counts as one; None when it is scaled by its own running root mean square.
        hardwired: Whether it is a drive that nobody can change.
        anticipated: Whether the critic learns what it will cost.
        origin: ``"housecat"``, the distribution that a plug-in came with, or a file.
        problem: Why it cannot be used; empty when it can.
    """

    name: str
    summary: str = ""
    reads: tuple[str, ...] = ()
    unit: float | None = None
    hardwired: bool = False
    anticipated: bool = True
    origin: str = "housecat"
    problem: str = ""


def _plugins() -> dict[str, EntryPoint]:
    """Returns the installed plug-ins by name; housecat's own names cannot be taken over."""
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in BUILTIN}


def names() -> list[str]:
    """Returns the names of the registered objectives, housecat's own first."""
    return [*BUILTIN, *sorted(_plugins())]


def parse_spec(text: str) -> tuple[str, float]:
    """Splits ``name``, ``name=weight`` or ``file.py:Class=weight`` into name and weight (1 when not given).

    Raises:
        UserError: There is no name, or the weight is not a finite number.
    """
    place, colon, last = text.strip().rpartition(":")  # a path may hold "=", a class or a weight no ":"
    last, equals, weight = last.partition("=")
    name = (place + colon + last).strip()
    if not name:
        raise UserError(f"{text!r} names no objective. Write name or name=weight; known: {', '.join(names())}")
    try:
        value = float(weight) if equals else 1.0
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{weight.strip()!r} in {text!r} is not a weight. Write a finite number, such as {name}=1.5")
    return name, value


def parse_specs(texts: Iterable[str]) -> dict[str, float]:
    """Returns the weight of each objective in a list of specs (see `parse_spec`).

    Raises:
        UserError: A spec is unusable, or an objective is given twice.
    """
    weights: dict[str, float] = {}
    for text in texts:
        name, weight = parse_spec(text)
        if name in weights:
            raise UserError(f"objective {name!r} is given twice. Give it once, with one weight")
        weights[name] = weight
    return weights


def key_of(given: str | Objective) -> str:
    """Returns what an objective is called inside a mixture: its registered name, or else the name of its class."""
    if isinstance(given, str):
        return given.rpartition(":")[2] if is_file_spec(given) else given
    return next((name for name, kind in BUILTIN.items() if type(given) is kind), type(given).__name__)


def class_of(name: str) -> type[Objective]:
    """Finds the class of a registered objective or of a class in a file.

    Raises:
        UserError: There is no such objective, or it cannot be imported.
    """
    if is_file_spec(name):
        return class_in_file(name)
    if name in BUILTIN:
        return BUILTIN[name]
    point = _plugins().get(name)
    if point is None:
        raise unknown("objective", name, names(), "For one of your own, name its file: my_drives.py:LovesRed")
    try:
        with fence(seed_of(name, torch.initial_seed())):
            kind = point.load()
    except (Exception, SystemExit) as error:
        raise UserError(f"plug-in {name!r} ({_origin(point)}) cannot be imported: {blame(error, None)}") from error
    if not (inspect.isclass(kind) and issubclass(kind, Objective)):
        raise UserError(f"plug-in {name!r} ({_origin(point)}) is not a subclass of intrinsic.Objective")
    return kind


def make(name: str, **options: Any) -> Objective:
    """Makes an objective.

    Its initial weights follow from torch's seed, and making it does not move torch's random numbers on.

    Args:
        name: A registered name, or ``path/to/file.py:ClassName``.
        options: Arguments of its constructor.

    Raises:
        UserError: It is not known, cannot be imported or cannot be made.
    """
    return made(name, class_of(name), **options)


def made(name: str, kind: type[Objective], **options: Any) -> Objective:
    """Makes an objective of a class that was found for a name (see `make`)."""
    if inspect.isabstract(kind):
        missing = ", ".join(sorted(kind.__abstractmethods__))
        raise UserError(f"objective {name!r} has no method `{missing}`: define cost(self, view, memory=None)")
    try:
        inspect.signature(kind).bind(**options)
    except TypeError as error:
        raise UserError(
            f"objective {name!r} cannot be made from what was given: {error}. Its arguments are "
            f"{inspect.signature(kind)}: give them defaults, or make the object in Python and pass it to the mixture"
        ) from error
    try:
        with fence(seed_of(key_of(name), torch.initial_seed())):
            return kind(**options)
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        raise UserError(f"objective {name!r} cannot be made: {blame(error, file_of(kind))}") from error


def describe(*which: str) -> tuple[Description, ...]:
    """Describes the objectives named, or all that are registered; one that cannot be used tells its problem."""
    return tuple(_description(name) for name in which or names())


def _description(name: str) -> Description:
    point = None if is_file_spec(name) else _plugins().get(name)
    origin = _origin(point) if point else name.rpartition(":")[0] if is_file_spec(name) else "housecat"
    try:
        it = make(name)
    except UserError as error:
        return Description(name, origin=origin, problem=str(error))
    summary = (type(it).__doc__ or "").strip().partition("\n")[0]
    return Description(name, summary, tuple(sorted(it.reads)), it.unit, it.hardwired, it.anticipated, origin)


def _origin(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value
