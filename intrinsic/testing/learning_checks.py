"""Checks of an objective over time: saving, gradients, habituation, noise, and how long it takes.

Each check returns what it saw, or raises `ContractViolation` with what is wrong and what to change.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from housecat.core.errors import ContractViolation
from intrinsic.objective import Memory, Objective
from intrinsic.testing.call_checks import FASTER, zero_view
from intrinsic.testing.noisy_tv import noisy_tv_experience
from intrinsic.testing.objective_under_test import ContractCase, ObjectiveUnderTest, bit_equal
from intrinsic.testing.samples import HOST_KINDS, HostKind, sample_view
from intrinsic.views import map_tensors

BATCH: Final = (128, 8)
TRAINING_BATCH: Final = 256  # transitions per step of the optimiser
LATENT_SIZE: Final = 32
MAX_SINGLE_SECONDS: Final = 0.02  # of a call for one transition
TIMED_RUNS: Final = 8  # of which the first warms up


def check_saving(case: ContractCase) -> str:
    """Saved in the middle of learning and loaded into another object, it goes on bit for bit."""
    original, lead = case.new(), (16,)
    first_optimizer = original.optimizer()
    memory = _train(original, case.host, range(4), first_optimizer, original.begin(lead))
    loaded = case.new()
    second_optimizer = loaded.optimizer()
    missing = loaded.objective.load_state_dict(original.state())
    assert not missing.missing_keys, missing
    if first_optimizer is not None and second_optimizer is not None:
        second_optimizer.load_state_dict(copy.deepcopy(first_optimizer.state_dict()))  # else they share their moments
    view = sample_view(case.host, lead, 99)
    for when in ("at once", "after learning on"):
        kept = None if memory is None else map_tensors(Tensor.clone, memory)
        if not torch.equal(original.cost(view, memory), loaded.cost(view, kept)):
            raise ContractViolation(
                f"saved and loaded, it costs something else {when}: something it has learnt is not in `state_dict`. "
                "Keep it in parameters or in buffers (self.register_buffer), and change them in place"
            )
        loaded_memory = _train(loaded, case.host, range(4, 7), second_optimizer, kept)
        memory = _train(original, case.host, range(4, 7), first_optimizer, memory)
        if not bit_equal(memory, loaded_memory):
            raise ContractViolation(
                "saved and loaded, it remembers something else. Keep what it learns in parameters or buffers"
            )
    return "saved in the middle of learning, loaded and gone on: equal bit for bit"


def _train(
    subject: ObjectiveUnderTest,
    host: HostKind,
    seeds: range,
    optimizer: torch.optim.Optimizer | None,
    memory: Memory,
) -> Memory:
    """Lets an objective observe and learn from one sample a seed; returns its memory afterwards."""
    for seed in seeds:
        view = sample_view(host, (16,), seed)
        subject.observe(view, memory)
        subject.learn(view, optimizer)
        memory = subject.remember(memory, view) if subject.episodic else None
    return memory


def check_gradient(case: ContractCase) -> str:
    """Whether its cost has a gradient is as it declares, and the gradient is finite."""
    subject, found = case.new(), False
    _train(subject, case.host, range(3), subject.optimizer(), subject.begin((16,)))  # a newborn may be flat
    for view in (sample_view(case.host, (5,)), sample_view(case.host, (5,), 1), zero_view(case.host, (5,))):
        inputs = {key: tensor.clone().requires_grad_() for key, tensor in view.items()}
        with torch.enable_grad():
            cost = subject.cost(inputs)
        if not cost.requires_grad or not any(inputs[key].requires_grad for key in subject.reads):
            continue
        parts = [inputs[key] for key in sorted(subject.reads)]
        gradients = [g for g in torch.autograd.grad(cost.sum(), parts, allow_unused=True) if g is not None]
        if not all(bool(torch.isfinite(gradient).all()) for gradient in gradients):
            raise ContractViolation(
                "its gradient is nan or infinite. Keep roots, logs and norms off zero: (x * x).sum() + 1e-12"
            )
        found = found or any(bool((gradient != 0.0).any()) for gradient in gradients)
    if found and not subject.objective.differentiable:
        raise ContractViolation("it has a gradient and says `differentiable = False`. Leave that line out")
    if not found and subject.objective.differentiable:
        raise ContractViolation(
            "its cost has no gradient, which gradient planners need. Say `differentiable = False` in the class"
        )
    return "has a finite gradient" if found else "has no gradient, as it says"


@dataclass(frozen=True)
class NoveltyPreference:
    """How attractive (-cost) the places of `noisy_tv_experience` are to an objective after that experience.

    Attributes:
        room: What can be learnt, and was.
        television: Noise, seen as often.
        attic: What was never seen.
    """

    room: float
    television: float
    attic: float

    @property
    def noisy_tv(self) -> float | None:
        """How attractive noise is, between the familiar (0) and the new (1); None where the new does not attract."""
        preference = self.attic - self.room
        scale = max(abs(self.attic), abs(self.room), abs(self.television), 1e-9)
        return None if preference <= 0.02 * scale else (self.television - self.room) / preference


def measure_novelty_preference(case: ContractCase) -> NoveltyPreference | None:
    """Trains an objective on `noisy_tv_experience`; None for drives, and for what reads senses."""
    host = next(host for host in HOST_KINDS if host.observation == "vector")
    subject = case.new(host)
    if subject.objective.hardwired or not frozenset(subject.objective.reads) <= sample_view(host, (1,)).keys():
        return None
    experience = noisy_tv_experience()
    lead = experience.lived[0]["action"].shape[:1]
    subject = subject.rebuilt(experience.lived[0])
    memory, optimizer = subject.begin(tuple(lead)), subject.optimizer()
    for view in experience.lived:
        subject.observe(view, memory)
        subject.learn(view, optimizer)
        if subject.episodic:
            memory = subject.remember(memory, view)
    with torch.no_grad():
        value = {place: -float(subject.cost(view, memory).mean()) for place, view in experience.after.items()}
    return NoveltyPreference(value["room"], value["television"], value["attic"])


def check_habituation(preference: NoveltyPreference | None, objective: type[Objective]) -> str:
    """The familiar costs more than the new, where it says so."""
    if not objective.habituates:
        return "claims nothing about the new"
    if preference is None:
        raise ContractViolation(
            "it says `habituates = True` but reads senses, of which the check knows no new ones. Leave `habituates` out"
        )
    if not preference.attic > preference.room:
        raise ContractViolation(
            f"it says `habituates = True`, but the familiar is worth {preference.room:.3g} to it and the new "
            f"{preference.attic:.3g}. Let it learn in `observe` or `loss`, or leave `habituates` out"
        )
    return f"the new is worth {preference.attic:.3g}, the familiar {preference.room:.3g}"


def _time_single_call(subject: ObjectiveUnderTest, view: dict[str, Tensor]) -> float:
    memory = subject.begin((1,))
    started = time.perf_counter()
    subject.cost(view, memory)
    return time.perf_counter() - started


def measure_speed(case: ContractCase, host: HostKind, budget_us: float) -> tuple[float, float]:
    """Returns microseconds per transition of `cost`, and of `observe` and a pass of training.

    They are of the processor's time, and the least of some runs, so that a busy machine does not fail an objective.

    Args:
        case: The objective.
        host: The kind of host to measure in.
        budget_us: Microseconds per transition that both may take together.

    Raises:
        ContractViolation: Together they exceed the budget, or a single call takes too long on the clock.
    """
    subject = case.new(host)
    single = min(_time_single_call(subject, sample_view(host, (1,), seed)) for seed in range(5))
    if single > MAX_SINGLE_SECONDS:
        raise ContractViolation(
            f"a call for one transition takes {single * 1e3:.0f} ms; {MAX_SINGLE_SECONDS * 1e3:.0f} are allowed. "
            f"{FASTER}"
        )
    view = sample_view(host, BATCH, size=None if host.observation == "dict" else LATENT_SIZE)
    if host.observation != "dict":
        subject = subject.rebuilt(view)
    rows = BATCH[0] * BATCH[1]
    flat = {key: t.flatten(1, 2) if key == "mean" else t.flatten(0, 1) for key, t in view.items()}
    batches = [
        {key: t[:, i : i + TRAINING_BATCH] if key == "mean" else t[i : i + TRAINING_BATCH] for key, t in flat.items()}
        for i in range(0, rows, TRAINING_BATCH)
    ]
    optimizer, costs, updates = subject.optimizer(), list[float](), list[float]()
    for _ in range(TIMED_RUNS):
        memory = subject.begin(BATCH[1:])
        started = time.process_time()
        with torch.no_grad():
            if subject.episodic:
                subject.run(
                    lambda m=memory: subject.objective.sequence_cost(subject.view(view), m)  # type: ignore[misc]
                )
            else:
                subject.cost(view)
        between = time.process_time()
        subject.observe(flat, None)
        for batch in batches:
            subject.learn(batch, optimizer)
        costs.append((between - started) / rows * 1e6)
        updates.append((time.process_time() - between) / rows * 1e6)
        if costs[-1] + updates[-1] > 20.0 * budget_us:
            break
    cost, update = min(costs), min(updates)
    if cost + update > budget_us:
        raise ContractViolation(
            f"it takes {cost + update:.0f} us per transition; the budget is {budget_us:.0f}. {FASTER}"
        )
    return cost, update
