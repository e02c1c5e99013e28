"""What the check of an objective found, with what it measured."""

from __future__ import annotations

from dataclasses import dataclass

from housecat.core.conformance import Report


@dataclass(frozen=True)
class ObjectiveReport(Report):
    """The results of all checks of an objective.

    Attributes:
        cost_us: Microseconds per transition of `cost`, in a batch of 128 x 8; None when it was not measured.
        update_us: Microseconds per transition of `observe` and one pass of training on `loss`; None as for `cost_us`.
        noisy_tv: How attractive noise is beside the new: 0 not at all, 1 as much; None where it does not apply.
        hosts: How many kinds of host (action x observation) it works with, and how many it declares.
    """

    cost_us: float | None = None
    update_us: float | None = None
    noisy_tv: float | None = None
    hosts: tuple[int, int] = (0, 0)
