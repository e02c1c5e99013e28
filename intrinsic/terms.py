"""Objectives side by side, each with its weight, its schedule and its voice: the settings of a mixture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from torch import nn

from housecat.core.errors import UserError, unknown_name
from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.vetting import vet, vetted_weight
from intrinsic.objective import Objective
from intrinsic.registry import key_of, make
from intrinsic.term import Term

Weights = Mapping[str, float] | Mapping[Objective, float] | Mapping[str | Objective, float]


class Terms(nn.Module):
    """The terms of a mixture, by name, and what can be set and asked of each while an agent lives.

    Args:
        objectives: Weight of each objective, by name or as an object.

    Raises:
        UserError: There is none, one is unknown or cannot be made, or two have the same name.
    """

    def __init__(self, objectives: Weights) -> None:
        super().__init__()
        self.terms = nn.ModuleDict()
        for given, weight in objectives.items():
            self._add(given, weight)
        if not self.terms:
            raise UserError(f"a mixture needs at least one objective. Known: {', '.join(BUILTIN)}")

    def _add(self, given: str | Objective, weight: float) -> None:
        name = key_of(given)
        if name in self.terms:
            raise UserError(f"two objectives are called {name!r}. Give it once, or rename the class of one")
        objective = vet(name, make(given) if isinstance(given, str) else given)
        self.terms[name] = Term(name, objective, vetted_weight(name, weight))

    def _items(self) -> list[tuple[str, Term]]:
        return cast("list[tuple[str, Term]]", list(self.terms.items()))

    def _term(self, name: str) -> Term:
        if name not in self.terms:
            raise unknown_name("objective in this mixture", name, self.terms)
        return cast(Term, self.terms[name])

    def __getitem__(self, name: str) -> Objective:
        return self._term(name).objective

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the objectives, in the order given."""
        return tuple(self.terms)

    @property
    def reads(self) -> frozenset[str]:
        """Every key that some objective needs in its view."""
        return frozenset().union(*(term.reads for _, term in self._items()))

    @property
    def anticipated(self) -> tuple[str, ...]:
        """Names of the objectives whose future cost the critic learns."""
        return tuple(name for name, term in self._items() if term.objective.anticipated)

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each objective now."""
        return {name: float(term.weight) for name, term in self._items()}

    @property
    def scales(self) -> dict[str, float]:
        """Raw cost that counts as one, for each objective, now."""
        return {name: term.value_of_one() for name, term in self._items()}

    @property
    def muted(self) -> dict[str, str]:
        """Reason for each objective that is muted."""
        return {name: term.muted for name, term in self._items() if term.muted is not None}

    def set_weight(self, name: str, weight: float) -> None:
        """Sets the weight of an objective while the agent lives; a schedule that it followed ends."""
        vetted = vetted_weight(name, weight)
        self._term(name).plan(None)
        self._term(name).weight.fill_(vetted)

    def set_schedule(self, name: str, points: Sequence[tuple[float, float]]) -> None:
        """Lets the weight of an objective change with age while the agent lives; it is saved with the mixture.

        Args:
            name: Which.
            points: Of (lived transitions from now, weight), straight lines between them, such as
                ``[(0, 1.0), (10_000, 0.1)]``.

        Raises:
            UserError: It is no schedule, or there is no such objective.
        """
        self._term(name).plan(points)

    @property
    def schedules(self) -> dict[str, list[tuple[float, float]]]:
        """Points of each schedule that is being followed, by objective; time runs in lived transitions."""
        running = {name: term.schedule for name, term in self._items()}
        return {name: list(zip(it.at.tolist(), it.weights.tolist(), strict=True)) for name, it in running.items() if it}

    def mute(self, name: str, reason: str) -> None:
        """Takes an objective out of the mixture, as its own failure would."""
        self._term(name).muted = reason

    def unmute(self, name: str) -> None:
        """Gives a muted objective another chance."""
        self._term(name).muted = None
