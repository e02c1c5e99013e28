"""One objective inside a mixture: its weight, its scale, and a guard around its code."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.guard import Fault, blame, fence, file_of, seed_of
from intrinsic.objective import Memory, Names, Objective, View
from intrinsic.scale import Scale
from intrinsic.schedule import Schedule
from intrinsic.views import Declared, lead_of, mapped

log = logging.getLogger(__name__)
T = TypeVar("T")

LIVED_HALF_LIFE = 500.0  # transitions: long against a spell of rest, short against a childhood
GIVEN_HALF_LIFE = 20.0  # calls of `rescale`, each a batch large enough to be right by itself


class Term(nn.Module):
    """An objective with its weight and scale.

    Plug-ins (all that housecat does not ship) run behind a fence: they get copies of the tensors they declared and
    random numbers of their own, and what they return is looked at before anybody uses it. housecat's own
    objectives are trusted with the tensors themselves, because copying would cost more than they do; only where they
    learn do they get random numbers of their own, too.

    Methods raise `Fault` for what the objective does wrong; `attempt` turns that into silence.

    Attributes:
        muted: Why the objective is muted; None when it is not.
        weight: Weight in the mixture, a scalar tensor.
        lived: Number of calls of `observe` and `loss`, which seeds the plug-in's random numbers.
        given: 1 once `rescale` was used: from then on lived costs no longer move the scale.
    """

    weight: Tensor
    lived: Tensor
    given: Tensor

    def __init__(self, name: str, objective: Objective, weight: float) -> None:
        super().__init__()
        self.name = name
        self.objective = objective.eval()
        self.reads = frozenset(objective.reads)
        self.episodic = objective.memory == "episode"
        self.trusted = type(objective) in BUILTIN.values()
        self.unit = None if objective.unit is None else float(objective.unit)
        self.muted: str | None = None
        self.scale = Scale()
        self.schedule: Schedule | None = None
        self.register_buffer("weight", torch.tensor(float(weight), dtype=torch.float64))
        self.register_buffer("lived", torch.zeros((), dtype=torch.int64))
        self.register_buffer("given", torch.zeros((), dtype=torch.bool))
        self._seed = seed_of(name)
        self._birth = seed_of(name, torch.initial_seed())
        self._learns = type(objective).loss is not Objective.loss
        self._notes = type(objective).observe is not Objective.observe
        self._built = type(objective).build is Objective.build

    def plan(self, points: Sequence[tuple[float, float]] | None) -> None:
        """Lets the weight follow a schedule from now on; None lets it stay."""
        self.schedule = None if points is None else Schedule(points)
        if self.schedule is not None:
            self.weight.fill_(self.schedule.value())

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        saved = state_dict.get(f"{prefix}schedule.at")
        if saved is None:
            self.schedule = None
        elif self.schedule is None or len(self.schedule.at) != len(saved):
            self.schedule = Schedule([(i, 0.0) for i in range(len(saved))])  # its points are loaded next
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def attempt(self, act: Callable[..., T], *given: object) -> T | None:
        """Acts unless muted; mutes the objective, says so once and returns None when it proves at fault."""
        if self.muted is not None:
            return None
        try:
            return act(*given)
        except Fault as fault:
            self.fail(str(fault))
            return None

    def fail(self, reason: str) -> None:
        """Mutes the objective, and says so unless that is done."""
        if self.muted is None:
            self.muted = reason
            log.warning("objective %r is muted, life goes on without it: %s", self.name, reason)

    def build(self, view: View) -> None:
        """Lets the objective make what hangs on shapes, once; an optimiser made before this misses its parameters."""
        if self._built:
            return
        self._built = True
        try:
            with torch.inference_mode(False), torch.enable_grad(), fence(self._birth):
                self.objective.build(self._seen(view))
        except (Exception, SystemExit) as error:
            raise Fault(blame(error, file_of(type(self.objective)))) from error
        self.objective.eval()

    def bind_names(self, names: Names) -> None:
        """Tells the objective what the host's numbers are called; a name that is not there is the user's to mend."""
        self._run(lambda: self.objective.bind_names(names))

    def value_of_one(self) -> float:
        """Returns the raw cost that counts as one on the common scale."""
        return self.scale.value() if self.unit is None else self.unit

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the raw cost, shape (*lead,)."""
        lead = lead_of(view)
        self.build(view)
        if self.episodic and memory is None:
            memory = self.begin(lead)
        return self._run(lambda: self._checked(self.objective.cost(self._seen(view), self._copied(memory)), lead, view))

    def loss(self, view: View) -> Tensor | None:
        """Returns what the objective wants minimised, a scalar, or None; no gradient flows into the view."""
        self.lived += 1
        if not self._learns:
            return None
        self.build(view)
        detached = {key: tensor.detach() for key, tensor in view.items()}
        self.objective.train()
        try:
            loss: object = self._run(lambda: self.objective.loss(self._seen(detached)), draws=True)
        finally:
            self.objective.eval()
        if loss is None or (isinstance(loss, Tensor) and loss.dim() == 0 and bool(torch.isfinite(loss.detach()))):
            return loss
        shape = f"shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else f"a {type(loss).__name__}"
        raise Fault(f"`loss` must return None or one finite number as a tensor of shape (); it returned {shape}")

    def observe(self, view: View, memory: Memory = None) -> None:
        """Lets the objective and its scale take note of lived transitions."""
        if self.unit is None and not self.given:
            with torch.no_grad():
                self.scale.update(self.cost(view, memory), LIVED_HALF_LIFE)
        self.lived += 1
        if self.schedule is not None:
            self.schedule.tick(math.prod(lead_of(view)))
            self.weight.fill_(self.schedule.value())
        if self._notes:
            self.build(view)
            with torch.no_grad():
                self._run(lambda: self.objective.observe(self._seen(view), self._copied(memory)), draws=True)

    def rescale(self, cost: Tensor) -> None:
        """Moves the scale by a batch of raw costs that the host finds representative."""
        if self.unit is None:
            if not self.given:  # the lived costs had another distribution: start again
                self.scale.reset()
                self.given.fill_(True)
            self.scale.update(cost.detach(), GIVEN_HALF_LIFE, samples=1)

    def begin(self, lead: tuple[int, ...]) -> Memory:
        """Returns an empty episodic memory."""
        return self._kept(self._run(lambda: self.objective.begin(lead)), lead, "begin")

    def remember(self, memory: Memory, view: View) -> Memory:
        """Returns the memory after the view's transition; begins one where an earlier mute left none."""
        if memory is None:
            memory = self.begin(lead_of(view))
        after = self._run(lambda: self.objective.remember(self._copied(memory), self._seen(view)))
        return self._kept(after, lead_of(view), "remember")

    def fork(self, memory: Memory, count: int) -> Memory:
        """Returns a memory (count, ...) for as many futures from that of one life (1, ...)."""
        return self._run(lambda: mapped(lambda tensor: tensor.expand(count, *tensor.shape[1:]), memory))

    def _kept(self, memory: Memory, lead: tuple[int, ...], method: str) -> Memory:
        """Makes sure that a memory is one per life: what has another leading shape cannot be forked."""

        def fits(tensor: Tensor) -> Tensor:
            if tensor.shape[: len(lead)] != lead:
                raise Fault(f"`{method}` must keep tensors of leading shape {lead}; it kept {tuple(tensor.shape)}")
            return tensor

        return mapped(fits, memory)

    def _run(self, act: Callable[[], T], draws: bool = False) -> T:
        try:
            if self.trusted and not draws:
                return act()
            with fence((self._seed + int(self.lived)) % 2**32):
                return act()
        except (Exception, SystemExit) as error:
            raise Fault(blame(error, file_of(type(self.objective)))) from error

    def _seen(self, view: View) -> View:
        declared = Declared(self.name, self.reads, view)
        if not self.trusted:
            for key, tensor in declared.items():
                declared[key] = tensor.clone()
        return declared

    def _copied(self, memory: Memory) -> Memory:
        return memory if self.trusted or memory is None else mapped(Tensor.clone, memory)

    def _checked(self, cost: object, lead: tuple[int, ...], view: View) -> Tensor:
        if not isinstance(cost, Tensor):
            raise Fault(f"`cost` must return a tensor; it returned a {type(cost).__name__}")
        if cost.shape != lead:
            extra = len(cost.shape) > len(lead) and cost.shape[: len(lead)] == lead
            hint = " Reduce its last dimensions" if extra else " Index the view from the right"
            raise Fault(
                f"`cost` must return one number a transition, shape {lead} for this view; it returned "
                f"{tuple(cost.shape)}.{hint}, as in view['senses.vitals'][..., VITALS.energy]"
            )
        if self.trusted:  # what is not finite came from outside: say so through the cost, not by falling silent
            return cost
        cost = cost.float()
        if not math.isfinite(float(cost.detach().sum())) and not bool(torch.isfinite(cost).all()):
            innocent = not all(bool(torch.isfinite(view[key]).all()) for key in self.reads)
            if not innocent:
                raise Fault("`cost` returned nan or infinity from finite senses. Guard divisions, logs and roots")
        return cost
