"""The objective that is checked: made anew for each check, shown exactly what it declares, and watched."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

from housecat.core.errors import ContractViolation, describe_error
from housecat.core.plugins import source_file
from intrinsic.isolation.process_state import preserve_process_state, seed_from_name
from intrinsic.objective import Memory, Objective, View
from intrinsic.testing.samples import SAMPLE_NAMES, HostKind, sample_view
from intrinsic.views import DeclaredView, lead_shape, map_tensors

T = TypeVar("T")
MAX_CALL_SECONDS: Final = 0.3  # of a call on a few transitions: if it takes longer, all other checks are left out


class RecordingView(DeclaredView):
    """A declared view that records which keys were requested of it.

    Args:
        objective: Name of the objective, for errors.
        reads: The keys that it declares.
        view: The whole view.
        requested: Requested keys are added here.
    """

    def __init__(self, objective: str, reads: frozenset[str], view: View, requested: set[str]) -> None:
        super().__init__(objective, reads, view)
        self.requested = requested

    def __getitem__(self, key: str) -> Tensor:
        self.requested.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Returns a declared tensor, or the default."""
        self.requested.add(key)
        return super().get(key, default)


class ObjectiveUnderTest:
    """A newly made objective, built for one kind of host. What it does wrong raises `ContractViolation`.

    Args:
        name: Name of the objective.
        make: Makes the objective.
        host: The kind of host that it is built for.
        requested: The keys that it requests of its views are added here.
        example: The view that it is built for; a sample of its kind of host when not given.

    Attributes:
        longest_call: Seconds of the longest call so far.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Objective],
        host: HostKind,
        requested: set[str],
        example: View | None = None,
    ) -> None:
        self.name, self.make, self.host, self.requested = name, make, host, requested
        self.longest_call = 0.0
        self.objective = self.run(make)
        self.reads = frozenset(self.objective.reads)
        self.episodic = self.objective.memory == "episode"
        self.objective.eval()
        self.run(lambda: self.objective.build(self.view(sample_view(host, (2,)) if example is None else example)))
        self.run(lambda: self.objective.bind_names(SAMPLE_NAMES))
        self.objective.eval()

    def run(self, act: Callable[[], T]) -> T:
        """Runs the objective's code, preserving the state of the process, and notes how long it took.

        Raises:
            ContractViolation: The code raised something.
        """
        started = time.perf_counter()
        try:
            with preserve_process_state(seed_from_name(self.name)):
                return act()
        except (Exception, SystemExit) as error:
            kind = type(self.objective) if hasattr(self, "objective") else None
            raise ContractViolation(describe_error(error, source_file(kind) if kind else None)) from error
        finally:
            self.longest_call = max(self.longest_call, time.perf_counter() - started)

    def view(self, view: View) -> RecordingView:
        """Returns what the objective may see of a view."""
        return RecordingView(self.name, self.reads, view, self.requested)

    def rebuilt(self, example: View) -> ObjectiveUnderTest:
        """Returns another new one, built for a view."""
        return ObjectiveUnderTest(self.name, self.make, self.host, self.requested, example)

    def begin(self, lead: tuple[int, ...]) -> Memory:
        """Returns an empty memory, or None where it keeps none."""
        return self.run(lambda: self.objective.begin(lead)) if self.episodic else None

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns what `cost` returns; an empty memory is begun where one is needed and none given."""
        if self.episodic and memory is None:
            memory = self.begin(lead_shape(view))
        return self.run(lambda: self.objective.cost(self.view(view), memory))

    def remember(self, memory: Memory, view: View) -> Memory:
        """Returns the memory after a view."""
        return self.run(lambda: self.objective.remember(memory, self.view(view)))

    def observe(self, view: View, memory: Memory = None) -> None:
        """Lets it observe a view; an empty memory is begun where one is needed and none given."""
        if self.episodic and memory is None:
            memory = self.begin(lead_shape(view))
        with torch.no_grad():
            self.run(lambda: self.objective.observe(self.view(view), memory))

    def loss(self, view: View) -> Tensor | None:
        """Returns its loss, in training mode."""
        self.objective.train()
        try:
            return self.run(lambda: self.objective.loss(self.view(view)))
        finally:
            self.objective.eval()

    def optimizer(self) -> torch.optim.Optimizer | None:
        """Returns an optimiser of its parameters, or None where it has none."""
        parameters = [parameter for parameter in self.objective.parameters() if parameter.requires_grad]
        return torch.optim.Adam(parameters, lr=1e-3, fused=True) if parameters else None

    def learn(self, view: View, optimizer: torch.optim.Optimizer | None) -> None:
        """Takes one optimiser step down its loss."""
        loss = self.loss(view)
        if loss is None or optimizer is None:
            return
        optimizer.zero_grad(set_to_none=True)
        self.run(loss.backward)
        optimizer.step()

    def state(self) -> dict[str, Tensor]:
        """Returns a copy of its `state_dict`."""
        return copy.deepcopy(self.objective.state_dict())

    def stored_numbers(self) -> int:
        """Returns how many numbers the objective holds, wherever it holds them."""
        return sum(_sizes(self.objective, set()))


@dataclass(frozen=True)
class ContractCase:
    """What a check is about: an objective, and the kind of host that it is examined in.

    Attributes:
        name: Name of the objective.
        make: Makes the objective.
        host: The kind of host.
        requested: All keys that the objective requested of its views in any check so far.
    """

    name: str
    make: Callable[[], Objective]
    host: HostKind
    requested: set[str] = field(default_factory=set)

    def new(self, host: HostKind | None = None) -> ObjectiveUnderTest:
        """Makes the objective anew.

        Args:
            host: Kind of host, where other than the case's.
        """
        return ObjectiveUnderTest(self.name, self.make, host or self.host, self.requested)


def _sizes(value: Any, seen: set[int]) -> Iterator[int]:
    if id(value) in seen or isinstance(value, str | bytes | type):
        return
    seen.add(id(value))
    if isinstance(value, Tensor):
        yield value.numel()
    elif isinstance(value, dict):
        for part in value.values():
            yield from _sizes(part, seen)
    elif isinstance(value, list | tuple | set | frozenset) or type(value).__name__ == "deque":
        yield len(value)
        for part in value:
            yield from _sizes(part, seen)
    elif isinstance(value, nn.Module):
        yield from _sizes(vars(value), seen)


def tensors_of(memory: Memory) -> list[Tensor]:
    """Returns the tensors of a memory, in the order of its structure."""
    tensors: list[Tensor] = []
    map_tensors(lambda tensor: tensors.append(tensor) or tensor, memory)  # type: ignore[func-returns-value]
    return tensors


def bit_equal(a: Memory, b: Memory) -> bool:
    """Tells whether two memories are equal bit for bit; None equals None alone."""
    left, right = tensors_of(a), tensors_of(b)
    return (a is None) == (b is None) and len(left) == len(right) and all(map(torch.equal, left, right))
