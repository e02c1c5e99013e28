"""Checks of what an objective does over time: saving, gradients, fading, noise, and how long it takes."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from intrinsic.isolation.guard import Fault
from intrinsic.objective import Memory, Objective
from intrinsic.testing.contract import FASTER, Fresh, extreme
from intrinsic.testing.samples import KINDS, Kind, sample
from intrinsic.testing.stream import stream
from intrinsic.testing.subject import Subject, same
from intrinsic.views import mapped

BATCH: Final = (128, 8)
PART: Final = 256  # transitions per step of the optimiser
WIDTH: Final = 32
SINGLE: Final = 0.02  # seconds that a call for one transition may take
RUNS: Final = 8  # that are timed, of which the first warms up


def saving(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """Saved in the middle of learning and loaded into another object, it goes on bit for bit."""
    one, lead = fresh(kind), (16,)
    first = one.optimizer()
    memory = _live(one, kind, range(4), first, one.begin(lead))
    two = fresh(kind)
    second = two.optimizer()
    missing = two.objective.load_state_dict(one.state())
    assert not missing.missing_keys, missing
    if first is not None and second is not None:
        second.load_state_dict(copy.deepcopy(first.state_dict()))  # else the two share their moments
    view = sample(kind, lead, 99)
    for when in ("at once", "after learning on"):
        kept = None if memory is None else mapped(Tensor.clone, memory)
        if not torch.equal(one.cost(view, memory), two.cost(view, kept)):
            raise Fault(
                f"saved and loaded, it costs something else {when}: something it has learnt is not in `state_dict`. "
                "Keep it in parameters or in buffers (self.register_buffer), and change them in place"
            )
        two_memory = _live(two, kind, range(4, 7), second, kept)
        memory = _live(one, kind, range(4, 7), first, memory)
        if memory is not None and not same(memory, two_memory):
            raise Fault("saved and loaded, it remembers something else. Keep what it learns in parameters or buffers")
    return "saved in the middle of learning, loaded and gone on: equal bit for bit"


def _live(
    subject: Subject, kind: Kind, seeds: range, optimizer: torch.optim.Optimizer | None, memory: Memory
) -> Memory:
    for seed in seeds:
        view = sample(kind, (16,), seed)
        subject.observe(view, memory)
        subject.learn(view, optimizer)
        memory = subject.remember(memory, view) if subject.episodic else None
    return memory


def gradient(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """Whether its cost has a gradient is as it says, and the gradient is finite."""
    subject, found = fresh(kind), False
    _live(subject, kind, range(3), subject.optimizer(), subject.begin((16,)))  # a newborn may be flat
    for view in (sample(kind, (5,)), sample(kind, (5,), 1), extreme(kind, (5,))):
        given = {key: tensor.clone().requires_grad_() for key, tensor in view.items()}
        with torch.enable_grad():
            cost = subject.cost(given)
        if not cost.requires_grad or not any(given[key].requires_grad for key in subject.reads):
            continue
        parts = [given[key] for key in sorted(subject.reads)]
        slopes = [slope for slope in torch.autograd.grad(cost.sum(), parts, allow_unused=True) if slope is not None]
        if not all(bool(torch.isfinite(slope).all()) for slope in slopes):
            raise Fault("its gradient is nan or infinite. Keep roots, logs and norms off zero: (x * x).sum() + 1e-12")
        found = found or any(bool((slope != 0.0).any()) for slope in slopes)
    if found and not subject.objective.differentiable:
        raise Fault("it has a gradient and says `differentiable = False`. Leave that line out")
    if not found and subject.objective.differentiable:
        raise Fault("its cost has no gradient, which gradient planners need. Say `differentiable = False` in the class")
    return "has a finite gradient" if found else "has no gradient, as it says"


@dataclass(frozen=True)
class Taste:
    """What an objective makes of the places of `stream` after having lived there.

    Attributes:
        room: How attractive it is, -cost: learnable and learnt.
        television: Noise, seen as often.
        attic: Never seen.
    """

    room: float
    television: float
    attic: float

    @property
    def noisy_tv(self) -> float | None:
        """How attractive noise is, between the familiar (0) and the new (1); None without a liking for the new."""
        liking = self.attic - self.room
        scale = max(abs(self.attic), abs(self.room), abs(self.television), 1e-9)
        return None if liking <= 0.02 * scale else (self.television - self.room) / liking


def taste(fresh: Fresh) -> Taste | None:
    """Lets an objective live through `stream`; None for drives, and where it reads senses."""
    kind = next(kind for kind in KINDS if kind.observation == "vector")
    first = fresh(kind).objective
    if first.hardwired or not frozenset(first.reads) <= sample(kind, (1,)).keys():
        return None
    life = stream()
    lead = life.lived[0]["action"].shape[:1]
    subject = fresh(kind).again(life.lived[0])
    memory, optimizer = subject.begin(tuple(lead)), subject.optimizer()
    for view in life.lived:
        subject.observe(view, memory)
        subject.learn(view, optimizer)
        if subject.episodic:
            memory = subject.remember(memory, view)
    with torch.no_grad():
        liking = {place: -float(subject.cost(view, memory).mean()) for place, view in life.after.items()}
    return Taste(liking["room"], liking["television"], liking["attic"])


def fading(found: Taste | None, objective: type[Objective]) -> str:
    """What was met often costs more than what is new, where it says so."""
    if not objective.habituates:
        return "claims nothing about the new"
    if found is None:
        raise Fault(
            "it says `habituates = True` but reads senses, of which the check knows no new ones. Leave `habituates` out"
        )
    if not found.attic > found.room:
        raise Fault(
            f"it says `habituates = True`, but the familiar is worth {found.room:.3g} to it and the new "
            f"{found.attic:.3g}. "
            "Let it learn in `observe` or `loss`, or leave `habituates` out"
        )
    return f"the new is worth {found.attic:.3g}, the familiar {found.room:.3g}"


def _clocked(subject: Subject, view: dict[str, Tensor]) -> float:
    memory = subject.begin((1,))
    started = time.perf_counter()
    subject.cost(view, memory)
    return time.perf_counter() - started


def speed(fresh: Fresh, kind: Kind, budget_us: float) -> tuple[float, float]:
    """Returns microseconds per transition of `cost`, and of `observe` and a pass of training.

    They are of the processor's time, and the least of some runs, so that a busy machine does not fail an objective.

    Raises:
        Fault: Together they exceed the budget, or a single call takes too long on the clock.
    """
    subject = fresh(kind)
    single = min(_clocked(subject, sample(kind, (1,), seed)) for seed in range(5))
    if single > SINGLE:
        raise Fault(f"a call for one transition takes {single * 1e3:.0f} ms; {SINGLE * 1e3:.0f} are allowed. {FASTER}")
    view = sample(kind, BATCH, size=None if kind.observation == "dict" else WIDTH)
    if subject.kind.observation != "dict":
        subject = subject.again(view)
    rows = BATCH[0] * BATCH[1]
    flat = {key: t.flatten(1, 2) if key == "mean" else t.flatten(0, 1) for key, t in view.items()}
    parts = [
        {key: t[:, i : i + PART] if key == "mean" else t[i : i + PART] for key, t in flat.items()}
        for i in range(0, rows, PART)
    ]
    optimizer, costs, updates = subject.optimizer(), list[float](), list[float]()
    for _ in range(RUNS):
        memory = subject.begin(BATCH[1:])
        started = time.process_time()
        with torch.no_grad():
            if subject.episodic:
                subject.run(lambda m=memory: subject.objective.sequence_cost(subject.view(view), m))  # type: ignore[misc]
            else:
                subject.cost(view)
        between = time.process_time()
        subject.observe(flat, None)
        for part in parts:
            subject.learn(part, optimizer)
        costs.append((between - started) / rows * 1e6)
        updates.append((time.process_time() - between) / rows * 1e6)
        if costs[-1] + updates[-1] > 20.0 * budget_us:
            break
    cost, update = min(costs), min(updates)
    if cost + update > budget_us:
        raise Fault(f"it takes {cost + update:.0f} us per transition; the budget is {budget_us:.0f}. {FASTER}")
    return cost, update
