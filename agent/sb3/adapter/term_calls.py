"""Asking objectives one by one, so that what one does wrong is told and not muted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from housecat.core.errors import ContractViolation, UserError
from intrinsic import Mixture
from intrinsic.term import Term

T = TypeVar("T")


def terms_of(mixture: Mixture) -> list[tuple[str, Term]]:
    """Returns each objective of a mixture with its name, weight, scale and guard."""
    return cast("list[tuple[str, Term]]", list(mixture.terms.items()))


def told(name: str, act: Callable[..., T], *given: object) -> T:
    """Acts for an objective; its fault becomes an error that names it, with the first cause in the traceback."""
    try:
        return act(*given)
    except ContractViolation as fault:
        raise UserError(f"objective {name!r}: {fault}") from fault
