"""A weighted mixture of objectives that stays readable term by term, and survives any one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Mapping
from typing import TypeVar

import torch
from torch import Tensor

from housecat.core.errors import UserError
from intrinsic.isolation.custody import Custody
from intrinsic.isolation.guard import Fault
from intrinsic.isolation.vetting import try_out
from intrinsic.objective import Memory, Names, View
from intrinsic.registry import parse_specs
from intrinsic.term import Term
from intrinsic.terms import Terms
from intrinsic.views import constant

T = TypeVar("T")
Memories = Mapping[str, Memory]


class Mixture(Terms):
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

    @classmethod
    def parse(cls, specs: Iterable[str]) -> Mixture:
        """Makes a mixture from specs such as ``pain``, ``disagreement=1.5`` or ``my_drives.py:LovesRed=2``."""
        return cls(parse_specs(specs))

    def _attempt(self, term: Term, whole: bool, act: Callable[..., T], *given: object) -> T | None:
        """Lets an objective act; what a plug-in changes of others is put back, and mutes it."""
        if term.trusted or term.muted is not None:
            return term.attempt(act, *given)
        custody = self._custody(term, whole)
        result, changed = term.attempt(act, *given), custody.inspect()
        if changed:
            term.fail(changed)
        return None if changed else result

    def _custody(self, term: Term, whole: bool) -> Custody:
        return Custody(((name, other) for name, other in self._items() if other is not term), whole)

    def bind_names(self, names: Names) -> None:
        """Tells the objectives what the host's things and readings are called; call it whenever a life begins.

        Raises:
            UserError: An objective needs a name that is not there.
        """
        for name, term in self._items():
            try:
                term.bind_names(names)
            except Fault as fault:
                raise UserError(f"objective {name!r}: {fault}") from fault

    def adopt(self, name: str, tried: Mixture) -> None:
        """Puts another version of an objective in the place of one, unmuted, with the same weight and scale.

        What the old one learnt is taken over as far as it fits: tensors of the same name and shape.

        Args:
            name: Which.
            tried: The mixture that the new version comes from, where it was checked.

        Raises:
            UserError: There is no such objective, or it is one of housecat's own.
        """
        old, new = self._term(name), tried._term(name)
        if old.trusted:
            raise UserError(f"{name!r} is one of housecat's own objectives, which cannot be replaced in a life")
        own = new.state_dict()
        fits = {k: v for k, v in old.state_dict().items() if k in own and own[k].shape == v.shape}
        new.load_state_dict({**own, **fits})
        self.terms[name] = new

    def check(self, view: View) -> None:
        """Builds every objective and tries it on a view, at several leading shapes, before life begins.

        A host that trains makes its optimiser afterwards: what the objectives learn is built here.

        Args:
            view: One or more transitions with every key that the host can offer.

        Raises:
            UserError: An objective cannot live with this host; the message names it and the remedy.
        """
        for name, term in self._items():
            custody = None if term.trusted else self._custody(term, True)
            try:
                try_out(term, view)
            finally:
                changed = custody.inspect() if custody else None
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
        """Returns what each objective makes of a stretch of experience, unweighted.

        Args:
            view: The stretch, with leading shape (*lead,).
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
            cost = self._attempt(term, lived, term.cost, view, memories.get(name) if memories else None)
            if cost is None:
                cost = constant(view, math.nan if lived else 0.0)
            elif scaled:
                cost = cost / term.value_of_one()
            costs[name] = cost.detach() if lived else cost
        return costs

    def total(self, costs: Mapping[str, Tensor]) -> Tensor:
        """Returns the weighted sum of costs, (*lead,); an objective that is muted counts nothing.

        A total that is not finite means that the view was not: a planner should take it for the worst.
        """
        muted = self.muted
        parts = [cost * float(self._term(name).weight) for name, cost in costs.items() if name not in muted]
        return sum(parts[1:], parts[0]) if parts else torch.zeros_like(next(iter(costs.values())))

    def observe(self, view: View, memories: Memories | None = None) -> None:
        """Takes note of lived transitions, each exactly once: moves the scales, then lets the objectives learn."""
        for name, term in self._items():
            self._attempt(term, True, term.observe, view, memories.get(name) if memories else None)

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
        """Returns the sum of what the objectives want minimised, a scalar, or None when none learns."""
        losses = [self._attempt(term, True, term.loss, view) for _, term in self._items()]
        wanted = [loss for loss in losses if loss is not None]
        return sum(wanted[1:], wanted[0]) if wanted else None

    def begin(self, lead: tuple[int, ...]) -> dict[str, Memory]:
        """Returns empty memories for a batch of shape `lead`, by name; objectives that keep none are left out."""
        episodic = [(name, term) for name, term in self._items() if term.episodic]
        return {name: term.attempt(term.begin, lead) for name, term in episodic}

    def remember(self, memories: Memories, view: View) -> dict[str, Memory]:
        """Returns the memories after the view's transition; those given stay as they are."""
        terms = {name: self._term(name) for name in memories}
        return {name: self._attempt(term, False, term.remember, memories[name], view) for name, term in terms.items()}

    def fork(self, memories: Memories, count: int) -> dict[str, Memory]:
        """Returns memories for `count` candidate futures, shape (count, ...), from those of one life, (1, ...)."""
        terms = {name: self._term(name) for name in memories}
        return {name: term.attempt(term.fork, memories[name], count) for name, term in terms.items()}
