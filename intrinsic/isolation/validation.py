"""Validates what a mixture is made of: objectives and weights."""

from __future__ import annotations

import math

import torch

from housecat.core.errors import UserError
from intrinsic.catalogue import BUILTIN
from intrinsic.objective import Objective


def validate_weight(name: str, weight: float) -> float:
    """Returns a weight that is a finite number.

    Args:
        name: Name of the objective that it is of, for the error.
        weight: The weight as given.

    Raises:
        UserError: It is not a finite number.
    """
    given: object = weight
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        raise UserError(f"weight of {name!r} is {given!r}. Give a finite number; 0 to leave it out of account")
    return float(given)


def validate_objective(name: str, objective: object) -> Objective:
    """Returns an objective that can join a mixture.

    Args:
        name: Name that it is to have in the mixture.
        objective: The objective as given.

    Raises:
        UserError: It is no objective, is not set up, or its name, `reads` or `unit` cannot be used.
    """
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
