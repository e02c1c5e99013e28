"""Calls of single objectives whose errors reach the caller, where a mind would mute the objective."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from housecat.core.errors import ContractViolation, UserError
from intrinsic import Mixture
from intrinsic.term import Term

T = TypeVar("T")


def terms_of(mixture: Mixture) -> list[tuple[str, Term]]:
    """Returns the terms of a mixture by name: each an objective with its weight, scale and guard."""
    return cast("list[tuple[str, Term]]", list(mixture.terms.items()))


def call_term(name: str, method: Callable[..., T], *args: object) -> T:
    """Calls a method of an objective.

    Args:
        name: Name of the objective, for the error message.
        method: Bound method of its term.
        args: Positional arguments of the method.

    Raises:
        UserError: If the objective raises or breaks its contract. The first cause is in the traceback.
    """
    try:
        return method(*args)
    except ContractViolation as fault:
        raise UserError(f"objective {name!r}: {fault}") from fault
