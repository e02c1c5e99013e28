"""A weighted mixture of objectives that stays readable term by term, and survives the failure of any one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from housecat.core.errors import ContractViolation, UserError, unknown_name
from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.state_guard import StateGuard
from intrinsic.isolation.validation import validate_objective, validate_weight
from intrinsic.objective import Memory, Names, Objective, View
from intrinsic.registry import make, parse_specs, term_name
from intrinsic.term import Term
from intrinsic.views import constant_cost

T = TypeVar("T")
Memories = Mapping[str, Memory]
Weights = Mapping[str, float] | Mapping[Objective, float] | Mapping[str | Objective, float]


class Mixture(nn.Module):
    """What an agent cares about: objectives, each with a weight, on a common scale.

    The cost of an objective with a `unit` is divided by it. Any other is divided by a running root mean square of
    itself, so that one stays one while a learning model makes its raw value fade by orders of magnitude. That
    scale moves with lived transitions until the host first calls `rescale`, and with `rescale` alone from then on.

    An objective that raises, or returns anything but one finite number a transition, is muted: it costs nothing
    from then on, the reason is logged once and kept in `muted`, and life goes on. `check` finds the same mistakes
    before life begins, and raises.

    Weights and scales are buffers, so `state_dict` holds them.

    Args:
        objectives: Weight of each objective, which is given by name (see `intrinsic.make`) or as an object.

    Raises:
        UserError: There is none, one is unknown or cannot be made, or two have the same name.
    """

    def __init__(self, objectives: Weights) -> None:
        super().__init__()
        self.terms = nn.ModuleDict()
        for objective, weight in objectives.items():
            self._add(objective, weight)
        if not self.terms:
            raise UserError(f"a mixture needs at least one objective. Known: {', '.join(BUILTIN)}")

    @classmethod
    def parse(cls, specs: Iterable[str]) -> Mixture:
        """Makes a mixture from specs such as ``pain``, ``disagreement=1.5`` or ``my_drives.py:LovesRed=2``."""
        return cls(parse_specs(specs))

    def _add(self, given: str | Objective, weight: float) -> None:
        name = term_name(given)
        if name in self.terms:
            raise UserError(f"two objectives are called {name!r}. Give it once, or rename the class of one")
        objective = validate_objective(name, make(given) if isinstance(given, str) else given)
        self.terms[name] = Term(name, objective, validate_weight(name, weight))

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
        return {name: term.unit_cost() for name, term in self._items()}

    @property
    def muted(self) -> dict[str, str]:
        """Reason for each objective that is muted."""
        return {name: term.muted for name, term in self._items() if term.muted is not None}

    def set_weight(self, name: str, weight: float) -> None:
        """Sets the weight of an objective while the agent lives; a schedule that it followed ends."""
        valid = validate_weight(name, weight)
        self._term(name).set_schedule(None)
        self._term(name).weight.fill_(valid)

    def set_schedule(self, name: str, points: Sequence[tuple[float, float]]) -> None:
        """Lets the weight of an objective change with age while the agent lives; it is saved with the mixture.

        Args:
            name: Name of the objective.
            points: Points of (lived transitions from now, weight), with straight lines between them, such as
                ``[(0, 1.0), (10_000, 0.1)]``.

        Raises:
            UserError: It is no schedule, or there is no such objective.
        """
        self._term(name).set_schedule(points)

    @property
    def schedules(self) -> dict[str, list[tuple[float, float]]]:
        """Points of each schedule that is being followed, by objective; time runs in lived transitions."""
        running = {name: term.schedule for name, term in self._items() if term.schedule}
        return {
            name: list(zip(schedule.at.tolist(), schedule.weights.tolist(), strict=True))
            for name, schedule in running.items()
        }

    def mute(self, name: str, reason: str) -> None:
        """Mutes an objective, as its own failure would; nothing is logged."""
        self._term(name).muted = reason

    def unmute(self, name: str) -> None:
        """Unmutes an objective."""
        self._term(name).muted = None

    def _run_guarded(self, term: Term, all_tensors: bool, act: Callable[..., T], *arguments: object) -> T | None:
        """Calls a method of a term; what a plug-in changes of others is put back, and mutes it.

        Args:
            term: The term.
            all_tensors: Whether to guard all numbers of the other terms, see `StateGuard`.
            act: The method.
            *arguments: Its arguments.

        Returns:
            What the method returned, or None where the term is or was muted.
        """
        if term.trusted or term.muted is not None:
            return term.run_or_mute(act, *arguments)
        guard = self._guard_others(term, all_tensors)
        result, changed = term.run_or_mute(act, *arguments), guard.restore_changes()
        if changed:
            term.mute(changed)
        return None if changed else result

    def _guard_others(self, term: Term, all_tensors: bool) -> StateGuard:
        return StateGuard(((name, other) for name, other in self._items() if other is not term), all_tensors)

    def bind_names(self, names: Names) -> None:
        """Tells the objectives what the host's things and readings are called; call it whenever a life begins.

        Raises:
            UserError: An objective needs a name that is not there.
        """
        for name, term in self._items():
            try:
                term.bind_names(names)
            except ContractViolation as violation:
                raise UserError(f"objective {name!r}: {violation}") from violation

    def replace_objective(self, name: str, source: Mixture) -> None:
        """Replaces an objective by another version of it, unmuted, with the same weight and scale.

        What the old one learnt is taken over as far as it fits: tensors of the same name and shape.

        Args:
            name: Name of the objective, in both mixtures.
            source: The mixture that the new version comes from, where it was checked.

        Raises:
            UserError: There is no such objective, or it is one of housecat's own.
        """
        old, new = self._term(name), source._term(name)
        if old.trusted:
            raise UserError(f"{name!r} is one of housecat's own objectives, which cannot be replaced in a life")
        own = new.state_dict()
        fits = {k: v for k, v in old.state_dict().items() if k in own and own[k].shape == v.shape}
        new.load_state_dict({**own, **fits})
        self.terms[name] = new

    def check(self, view: View) -> None:
        """Builds every objective and calls it on a view, at several leading shapes, before the first step.

        A host that trains makes its optimiser afterwards: what the objectives learn is built here.

        Args:
            view: One or more transitions with every key that the host can offer.

        Raises:
            UserError: An objective cannot live with this host; the message names it and the remedy.
        """
        for name, term in self._items():
            guard = None if term.trusted else self._guard_others(term, True)
            try:
                term.dry_run(view)
            finally:
                changed = guard.restore_changes() if guard else None
            if changed:
                raise UserError(f"objective {name!r}: {changed}. Mend it, or leave it out")

    def costs(
        self,
        view: View,
        memories: Memories | None = None,
        *,
        lived: bool = False,
        scaled: bool = True,
        only: Container[str] | None = None,
    ) -> dict[str, Tensor]:
        """Returns the unweighted cost of each objective for a piece of experience.

        Args:
            view: The experience, with leading shape (*lead,).
            memories: Episodic memories as `begin` and `remember` return them.
            lived: False for imagination, where a muted objective costs 0; True for a report of what was lived,
                where it costs nan and no cost carries a gradient.
            scaled: False for raw costs, each in its own unit.
            only: Names of those wanted; None for all.

        Returns:
            Cost by name, each (*lead,).
        """
        costs = {}
        for name, term in self._items():
            if only is not None and name not in only:
                continue
            cost = self._run_guarded(term, lived, term.cost, view, memories.get(name) if memories else None)
            if cost is None:
                cost = constant_cost(view, math.nan if lived else 0.0)
            elif scaled:
                cost = cost / term.unit_cost()
            costs[name] = cost.detach() if lived else cost
        return costs

    def total(self, costs: Mapping[str, Tensor]) -> Tensor:
        """Returns the weighted sum of costs, (*lead,); an objective that is muted counts nothing.

        A total that is not finite means that the view was not: a planner should treat it as the worst.
        """
        muted = self.muted
        parts = [cost * float(self._term(name).weight) for name, cost in costs.items() if name not in muted]
        return sum(parts[1:], parts[0]) if parts else torch.zeros_like(next(iter(costs.values())))

    def observe(self, view: View, memories: Memories | None = None) -> None:
        """Observes lived transitions, each exactly once: updates the scales, then the objectives."""
        for name, term in self._items():
            self._run_guarded(term, True, term.observe, view, memories.get(name) if memories else None)

    def rescale(self, raw: Mapping[str, Tensor]) -> None:
        """Moves the running scales by raw costs of a batch that the host finds representative.

        A planner gives how much imagined plans differ in each cost (see `agent.actor.mpc_actor`); a host that does not
        plan may give costs of replayed transitions, which follow a model as it learns.

        Args:
            raw: Unscaled costs by name, any shape; one call counts as one sample.
        """
        for name, cost in raw.items():
            if name not in self.muted:
                self._term(name).rescale(cost)

    def loss(self, view: View) -> Tensor | None:
        """Returns the sum of the objectives' losses, a scalar, or None when none learns."""
        losses = [self._run_guarded(term, True, term.loss, view) for _, term in self._items()]
        wanted = [loss for loss in losses if loss is not None]
        return sum(wanted[1:], wanted[0]) if wanted else None

    def begin(self, lead: tuple[int, ...]) -> dict[str, Memory]:
        """Returns empty memories for a batch of shape `lead`, by name; objectives that keep none are left out."""
        episodic = [(name, term) for name, term in self._items() if term.episodic]
        return {name: term.run_or_mute(term.begin, lead) for name, term in episodic}

    def remember(self, memories: Memories, view: View) -> dict[str, Memory]:
        """Returns the memories after the view's transition; those given stay as they are."""
        terms = {name: self._term(name) for name in memories}
        return {
            name: self._run_guarded(term, False, term.remember, memories[name], view) for name, term in terms.items()
        }

    def fork(self, memories: Memories, count: int) -> dict[str, Memory]:
        """Returns memories for `count` candidate futures, shape (count, ...), from those of one life, (1, ...)."""
        terms = {name: self._term(name) for name in memories}
        return {name: term.run_or_mute(term.fork, memories[name], count) for name, term in terms.items()}
