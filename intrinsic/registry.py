"""Objectives by name: the ones that come with housecat, installed plug-ins, and classes in files."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

import torch

from housecat.core.errors import UserError
from housecat.core.plugins import PluginKind, is_file_spec
from housecat.core.registry import PluginDescription, Registry, summary_of
from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.process_state import preserve_process_state, seed_from_name
from intrinsic.objective import Objective

GROUP: Final = "housecat.objectives"
OBJECTIVE: Final = PluginKind(
    base=Objective,  # type: ignore[type-abstract]
    noun="objective",
    base_name="intrinsic.Objective",
    example="my_drives.py:LovesRed",
    members="a method `cost`",
)


def _import_context(name: str) -> AbstractContextManager[None]:
    return preserve_process_state(seed_from_name(name, torch.initial_seed()))


REGISTRY: Final = Registry(GROUP, BUILTIN, OBJECTIVE, _import_context)


@dataclass(frozen=True)
class Description(PluginDescription):
    """What can be said of an objective without running it.

    Attributes:
        reads: The keys that it needs in its view.
        unit: Cost that counts as one; None when it is scaled by its own running root mean square.
        hardwired: Whether it is a drive that nobody can change.
        anticipated: Whether the critic learns what it will cost.
        episodic: Whether it keeps a memory within an episode.
        differentiable: Whether its cost has a gradient.
        habituates: Whether it claims that the familiar costs more than the new.
        actions: Kinds of action that it works with.
        argument_example: An example of the text that it is made of, after a colon; empty when it takes none.
    """

    reads: tuple[str, ...] = ()
    unit: float | None = None
    hardwired: bool = False
    anticipated: bool = True
    episodic: bool = False
    differentiable: bool = True
    habituates: bool = False
    actions: tuple[str, ...] = ()
    argument_example: str = ""


def names() -> list[str]:
    """Returns the names of the registered objectives, housecat's own first."""
    return REGISTRY.names()


def split_argument(name: str) -> tuple[str, str]:
    """Splits ``goal:things.red_ball.position=1,2`` into the objective and what it is made of; all else has none."""
    kind, _, argument = name.partition(":")
    return (kind.strip(), argument.strip()) if kind.strip() in BUILTIN else (name, "")


def is_objective_file(name: str) -> bool:
    """Tells whether a name means a class in a file rather than a registered objective."""
    return is_file_spec(name) and split_argument(name)[0] not in BUILTIN


def parse_spec(text: str) -> tuple[str, float]:
    """Splits ``name``, ``name=weight`` or ``file.py:Class=weight`` into name and weight (1 when not given).

    What a goal is made of has a ``=`` of its own: ``goal:things.red_ball.position=1,2=0.5`` weighs a half.

    Raises:
        UserError: There is no name, or the weight is not a finite number.
    """
    kind, argument = split_argument(text.strip())
    if argument:
        path, sign, rest = argument.partition("=")
        value_text, equals, weight = rest.partition("=")
        name = f"{kind}:{path}{sign}{value_text}"
    else:
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


def term_name(given: str | Objective) -> str:
    """Returns what an objective is called inside a mixture: its registered name, or else the name of its class."""
    if isinstance(given, str):
        kind, argument = split_argument(given)
        return given.rpartition(":")[2] if is_objective_file(given) else _label(kind, argument)
    return next(
        (_label(name, given.argument) for name, kind in BUILTIN.items() if type(given) is kind),
        type(given).__name__,
    )


def _label(kind: str, argument: str) -> str:
    """Names an objective by its kind and what it is made of, such as ``goal_things_red_ball_position``."""
    return re.sub(r"\W+", "_", f"{kind} {argument.partition('=')[0].strip()}") if argument else kind


def class_of(name: str) -> type[Objective]:
    """Finds the class of a registered objective or of a class in a file.

    Raises:
        UserError: There is no such objective, or it cannot be imported.
    """
    return REGISTRY.load(split_argument(name)[0])


def make(name: str, **options: Any) -> Objective:
    """Makes an objective.

    Its initial weights follow from torch's seed, and making it does not move torch's random numbers on.

    Args:
        name: A registered name, where it takes something with what it is made of
            (``goal:things.red_ball.position=1,2``), or ``path/to/file.py:ClassName``.
        options: Arguments of its constructor.

    Raises:
        UserError: It is not known, cannot be imported or cannot be made.
    """
    return instantiate(name, class_of(name), **options)


def instantiate(name: str, kind: type[Objective], **options: Any) -> Objective:
    """Makes an objective of a class that was found for a name (see `make`)."""
    given = [argument] if (argument := split_argument(name)[1]) else []
    if kind.argument_example and not given and not options:
        raise UserError(f"say which: {name}:{kind.argument_example}")
    REGISTRY.require_methods(name, kind, "define cost(self, view, memory=None)")
    try:
        inspect.signature(kind).bind(*given, **options)
    except TypeError as error:
        raise UserError(
            f"objective {name!r} cannot be made from what was given: {error}. Its arguments are "
            f"{inspect.signature(kind)}: give them defaults, or make the object in Python and pass it to the mixture"
        ) from error

    def create() -> Objective:
        with preserve_process_state(seed_from_name(term_name(name), torch.initial_seed())):
            return kind(*given, **options)

    return REGISTRY.instantiate(name, kind, create)


def describe(*which: str) -> tuple[Description, ...]:
    """Describes the objectives named, or all that are registered; one that cannot be used tells its problem."""
    return tuple(_description(name) for name in which or names())


def _description(name: str) -> Description:
    origin = REGISTRY.origin(split_argument(name)[0])
    try:
        kind, argument = class_of(name), split_argument(name)[1]
        objective = make(f"{name}:{kind.argument_example}" if kind.argument_example and not argument else name)
    except UserError as error:
        return Description(name, origin=origin, problem=str(error))
    return Description(
        name,
        summary_of(kind),
        origin,
        reads=tuple(sorted(objective.reads)),
        unit=objective.unit,
        hardwired=objective.hardwired,
        anticipated=objective.anticipated,
        episodic=objective.memory == "episode",
        differentiable=objective.differentiable,
        habituates=objective.habituates,
        actions=tuple(sorted(objective.actions)),
        argument_example=objective.argument_example,
    )
