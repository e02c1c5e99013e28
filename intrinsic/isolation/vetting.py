"""Finding out before life begins that an objective could not live it."""

from __future__ import annotations

import math

import torch

from housecat.core.errors import UserError
from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.guard import Fault
from intrinsic.objective import Objective, View
from intrinsic.term import Term
from intrinsic.views import repeated

LEADS = ((), (2,), (2, 3))  # one transition, a batch, a batch of stretches


def vetted_weight(name: str, weight: float) -> float:
    """Returns a weight, or raises UserError when it is not a finite number."""
    given: object = weight
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise UserError(f"weight of {name!r} is {given!r}. Give a finite number; 0 to leave it out of account")
    return float(given)


def vet(name: str, objective: object) -> Objective:
    """Returns an objective that can join a mixture as `name`, or raises UserError."""
    if not isinstance(objective, Objective):
        raise UserError(f"{objective!r} is no objective. Give a name, or an object derived from intrinsic.Objective")
    if not hasattr(objective, "training"):
        raise UserError(f"{name} was not set up. Begin its __init__ with super().__init__()")
    if name in BUILTIN and type(objective) is not BUILTIN[name]:
        raise UserError(f"an objective of yours is called {name!r}, as one of housecat's own is. Rename its class")
    if not name.isidentifier() or hasattr(torch.nn.ModuleDict, name):
        raise UserError(f"{name!r} cannot be the name of an objective. Use letters and underscores, and no common verb")
    reads: object = objective.reads
    if isinstance(reads, str) or not isinstance(reads, frozenset | set | tuple | list):
        raise UserError(f'`reads` of {name} is {reads!r}. Write a set of keys: reads = frozenset({{"senses.vitals"}})')
    if objective.unit is not None and not objective.unit > 0.0:
        raise UserError(f"`unit` of {name} is {objective.unit}. Give a positive number, or None for a running scale")
    return objective


def try_out(term: Term, view: View) -> None:
    """Runs an objective on a view at several leading shapes; leaves it as it was.

    Raises:
        UserError: It cannot live with what the host offers, or does not keep the contract.
    """
    missing = sorted(term.reads - view.keys())
    if missing:
        raise UserError(
            f"objective {term.name!r} reads {', '.join(missing)}, which this agent does not offer. "
            f"Offered: {', '.join(sorted(view))}"
        )
    lived = term.lived.clone()
    try:
        term.build(view)
        for lead in LEADS:
            sample = repeated(view, lead)
            memory = term.begin(lead) if term.episodic else None
            with torch.no_grad():
                cost = term.cost(sample, memory)
            if not bool(torch.isfinite(cost).all()):
                raise Fault("`cost` is not finite, because what it reads is not")
            if term.episodic:
                term.remember(memory, sample)
            term.loss(sample)
    except Fault as fault:
        raise UserError(f"objective {term.name!r}: {fault}. Mend it, or leave it out") from fault
    finally:
        term.lived.copy_(lived)
