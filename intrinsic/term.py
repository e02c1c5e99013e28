"""One objective inside a mixture: its weight, its scale, and what keeps its code apart from the rest."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from housecat.core.errors import ContractViolation, UserError, describe_error
from housecat.core.plugins import source_file
from intrinsic.catalogue import BUILTIN
from intrinsic.isolation.process_state import preserve_process_state, seed_from_name
from intrinsic.objective import Memory, Names, Objective, View
from intrinsic.running_moments import RunningRms
from intrinsic.schedule import Schedule
from intrinsic.views import DeclaredView, lead_shape, map_tensors, repeat_first

log = logging.getLogger(__name__)
T = TypeVar("T")

LIVED_HALF_LIFE = 500.0  # transitions: long against a spell of rest, short against a childhood
RESCALE_HALF_LIFE = 20.0  # calls of `rescale`, each a batch large enough to be right by itself
DRY_RUN_LEADS = ((), (2,), (2, 3))  # one transition, a batch, a batch of sequences


class Term(nn.Module):
    """An objective with its weight and scale.

    Plug-ins (all that housecat does not ship) run isolated: they get copies of the tensors they declared and
    random numbers of their own, and what they return is validated before anybody uses it. housecat's own
    objectives are trusted with the tensors themselves, because copying would cost more than they do; only where they
    learn do they get random numbers of their own, too.

    Methods raise `ContractViolation` for what the objective does wrong; `run_or_mute` mutes the objective instead.

    Args:
        name: Name of the objective in the mixture.
        objective: The objective.
        weight: Its weight.

    Attributes:
        reads: The keys that it needs in its view.
        episodic: Whether it keeps a memory within an episode.
        trusted: Whether it is one of housecat's own.
        unit: The raw cost that counts as one; None where the running scale says so.
        scale: Running root mean square of the raw cost.
        schedule: The schedule that the weight follows, or None.
        muted: Why the objective is muted; None when it is not.
        weight: Weight in the mixture, a scalar tensor.
        lived: Number of calls of `observe` and `loss`, which seeds the random numbers of the plug-in.
        given: True once `rescale` was used: from then on lived costs no longer move the scale.
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
        self.scale = RunningRms()
        self.schedule: Schedule | None = None
        self.register_buffer("weight", torch.tensor(float(weight), dtype=torch.float64))
        self.register_buffer("lived", torch.zeros((), dtype=torch.int64))
        self.register_buffer("given", torch.zeros((), dtype=torch.bool))
        self._seed = seed_from_name(name)
        self._build_seed = seed_from_name(name, torch.initial_seed())
        self._learns = type(objective).loss is not Objective.loss
        self._observes = type(objective).observe is not Objective.observe
        self._built = type(objective).build is Objective.build

    def set_schedule(self, points: Sequence[tuple[float, float]] | None) -> None:
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

    def run_or_mute(self, act: Callable[..., T], *arguments: object) -> T | None:
        """Calls a method of the term; where it raises `ContractViolation`, mutes the objective.

        Returns:
            What the method returned, or None where the objective is or was muted.
        """
        if self.muted is not None:
            return None
        try:
            return act(*arguments)
        except ContractViolation as violation:
            self.mute(str(violation))
            return None

    def mute(self, reason: str) -> None:
        """Mutes the objective, and logs the reason the first time."""
        if self.muted is None:
            self.muted = reason
            log.warning("objective %r is muted, life goes on without it: %s", self.name, reason)

    def build(self, view: View) -> None:
        """Lets the objective make what depends on shapes, once; an optimiser made before misses its parameters."""
        if self._built:
            return
        self._built = True
        try:
            with torch.inference_mode(False), torch.enable_grad(), preserve_process_state(self._build_seed):
                self.objective.build(self._declared_view(view))
        except (Exception, SystemExit) as error:
            raise ContractViolation(describe_error(error, source_file(type(self.objective)))) from error
        self.objective.eval()

    def bind_names(self, names: Names) -> None:
        """Tells the objective what the host's things and readings are called."""
        self._run_isolated(lambda: self.objective.bind_names(names))

    def unit_cost(self) -> float:
        """Returns the raw cost that counts as one on the common scale."""
        return self.scale.value() if self.unit is None else self.unit

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the raw cost, shape (*lead,)."""
        lead = lead_shape(view)
        self.build(view)
        if self.episodic and memory is None:
            memory = self.begin(lead)

        def cost() -> Tensor:
            raw = self.objective.cost(self._declared_view(view), self._own_copy(memory))
            return self._validate_cost(raw, lead, view)

        return self._run_isolated(cost)

    def loss(self, view: View) -> Tensor | None:
        """Returns the objective's loss, a scalar, or None; no gradient flows into the view."""
        self.lived += 1
        if not self._learns:
            return None
        self.build(view)
        detached = {key: tensor.detach() for key, tensor in view.items()}
        self.objective.train()
        try:
            loss: object = self._run_isolated(lambda: self.objective.loss(self._declared_view(detached)), draws=True)
        finally:
            self.objective.eval()
        if loss is None or (isinstance(loss, Tensor) and loss.dim() == 0 and bool(torch.isfinite(loss.detach()))):
            return loss
        shape = f"shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else f"a {type(loss).__name__}"
        raise ContractViolation(
            f"`loss` must return None or one finite number as a tensor of shape (); it returned {shape}"
        )

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the scale by lived transitions, then lets the objective observe them."""
        if self.unit is None and not self.given:
            with torch.no_grad():
                self.scale.update(self.cost(view, memory), LIVED_HALF_LIFE)
        self.lived += 1
        if self.schedule is not None:
            self.schedule.advance(math.prod(lead_shape(view)))
            self.weight.fill_(self.schedule.value())
        if self._observes:
            self.build(view)
            with torch.no_grad():
                self._run_isolated(
                    lambda: self.objective.observe(self._declared_view(view), self._own_copy(memory)), draws=True
                )

    def rescale(self, cost: Tensor) -> None:
        """Moves the scale by a batch of raw costs that the host finds representative."""
        if self.unit is None:
            if not self.given:  # the lived costs had another distribution: start again
                self.scale.reset()
                self.given.fill_(True)
            self.scale.update(cost.detach(), RESCALE_HALF_LIFE, samples=1)

    def begin(self, lead: tuple[int, ...]) -> Memory:
        """Returns an empty episodic memory."""
        return self._validate_memory(self._run_isolated(lambda: self.objective.begin(lead)), lead, "begin")

    def remember(self, memory: Memory, view: View) -> Memory:
        """Returns the memory after the view's transition; begins one where an earlier mute left none."""
        if memory is None:
            memory = self.begin(lead_shape(view))
        after = self._run_isolated(lambda: self.objective.remember(self._own_copy(memory), self._declared_view(view)))
        return self._validate_memory(after, lead_shape(view), "remember")

    def fork(self, memory: Memory, count: int) -> Memory:
        """Returns a memory (count, ...) for as many futures from that of one life (1, ...)."""
        return self._run_isolated(lambda: map_tensors(lambda tensor: tensor.expand(count, *tensor.shape[1:]), memory))

    def dry_run(self, view: View) -> None:
        """Runs the objective on the first transition of a view at several leading shapes; leaves it as it was.

        Args:
            view: A view with every key that the host offers.

        Raises:
            UserError: It reads what the host does not offer, or does not keep the contract.
        """
        missing = sorted(self.reads - view.keys())
        if missing:
            raise UserError(
                f"objective {self.name!r} reads {', '.join(missing)}, which this agent does not offer. "
                f"Offered: {', '.join(sorted(view))}"
            )
        lived = self.lived.clone()
        try:
            self.build(view)
            for lead in DRY_RUN_LEADS:
                sample = repeat_first(view, lead)
                memory = self.begin(lead) if self.episodic else None
                with torch.no_grad():
                    cost = self.cost(sample, memory)
                if not bool(torch.isfinite(cost).all()):
                    raise ContractViolation("`cost` is not finite, because what it reads is not")
                if self.episodic:
                    self.remember(memory, sample)
                self.loss(sample)
        except ContractViolation as violation:
            raise UserError(f"objective {self.name!r}: {violation}. Mend it, or leave it out") from violation
        finally:
            self.lived.copy_(lived)

    def _validate_memory(self, memory: Memory, lead: tuple[int, ...], method: str) -> Memory:
        """Makes sure that a memory is one per life: what has another leading shape cannot be forked."""

        def fits(tensor: Tensor) -> Tensor:
            if tensor.shape[: len(lead)] != lead:
                raise ContractViolation(
                    f"`{method}` must keep tensors of leading shape {lead}; it kept {tuple(tensor.shape)}"
                )
            return tensor

        return map_tensors(fits, memory)

    def _run_isolated(self, act: Callable[[], T], draws: bool = False) -> T:
        """Runs the objective's code; of plug-ins, or where it draws, with the state of the process preserved."""
        try:
            if self.trusted and not draws:
                return act()
            with preserve_process_state((self._seed + int(self.lived)) % 2**32):
                return act()
        except (Exception, SystemExit) as error:
            raise ContractViolation(describe_error(error, source_file(type(self.objective)))) from error

    def _declared_view(self, view: View) -> View:
        declared = DeclaredView(self.name, self.reads, view)
        if not self.trusted:
            for key, tensor in declared.items():
                declared[key] = tensor.clone()
        return declared

    def _own_copy(self, memory: Memory) -> Memory:
        return memory if self.trusted or memory is None else map_tensors(Tensor.clone, memory)

    def _validate_cost(self, cost: object, lead: tuple[int, ...], view: View) -> Tensor:
        if not isinstance(cost, Tensor):
            raise ContractViolation(f"`cost` must return a tensor; it returned a {type(cost).__name__}")
        if cost.shape != lead:
            extra = len(cost.shape) > len(lead) and cost.shape[: len(lead)] == lead
            hint = " Reduce its last dimensions" if extra else " Index the view from the right"
            raise ContractViolation(
                f"`cost` must return one number a transition, shape {lead} for this view; it returned "
                f"{tuple(cost.shape)}.{hint}, as in view['senses.vitals'][..., VITALS.energy]"
            )
        if self.trusted:  # what is not finite came from outside: say so through the cost, not by falling silent
            return cost
        cost = cost.float()
        finite = math.isfinite(float(cost.detach().sum())) or bool(torch.isfinite(cost).all())
        if not finite and all(bool(torch.isfinite(view[key]).all()) for key in self.reads):
            raise ContractViolation(
                "`cost` returned nan or infinity from finite senses. Guard divisions, logs and roots"
            )
        return cost
