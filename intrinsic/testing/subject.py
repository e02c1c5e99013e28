"""The objective under examination: made anew, fed with exactly what it declares, and watched."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, nn

from intrinsic.isolation.guard import Fault, blame, fence, file_of, seed_of
from intrinsic.objective import Memory, Objective, View
from intrinsic.testing.samples import NAMES, Kind, sample
from intrinsic.views import Declared, lead_of, mapped

T = TypeVar("T")
PATIENCE: Final = 0.3  # seconds that a call on a few transitions may take before everything else is left out


class Watched(Declared):
    """A view that remembers what was asked of it."""

    def __init__(self, objective: str, reads: frozenset[str], view: View, asked: set[str]) -> None:
        super().__init__(objective, reads, view)
        self.asked = asked

    def __getitem__(self, key: str) -> Tensor:
        self.asked.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Returns a tensor that was declared, or the default."""
        self.asked.add(key)
        return super().get(key, default)


class Subject:
    """A freshly made objective, built for one kind of host; its faults are told in words.

    Args:
        name: What to call it.
        make: Makes it anew.
        kind: Of host.
        asked: Where to note the keys that it looks at.
        example: What it is built for; a sample of its kind when not given.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Objective],
        kind: Kind,
        asked: set[str] | None = None,
        example: View | None = None,
    ) -> None:
        self.name, self.make, self.kind, self.asked = name, make, kind, asked if asked is not None else set()
        self.seconds = 0.0
        self.objective = self.run(make)
        self.reads = frozenset(self.objective.reads)
        self.episodic = self.objective.memory == "episode"
        self.objective.eval()
        self.run(lambda: self.objective.build(self.view(sample(kind, (2,)) if example is None else example)))
        self.run(lambda: self.objective.bind_names(NAMES))
        self.objective.eval()

    def run(self, act: Callable[[], T]) -> T:
        """Runs the objective's code so that nothing around it changes; notes the longest call."""
        started = time.perf_counter()
        try:
            with fence(seed_of(self.name)):
                return act()
        except (Exception, SystemExit) as error:
            kind = type(self.objective) if hasattr(self, "objective") else None
            raise Fault(blame(error, file_of(kind) if kind else None)) from error
        finally:
            self.seconds = max(self.seconds, time.perf_counter() - started)

    def view(self, view: View) -> Watched:
        """Returns what it may see of a view."""
        return Watched(self.name, self.reads, view, self.asked)

    def again(self, example: View) -> Subject:
        """Returns another one, built for what the example shows."""
        return Subject(self.name, self.make, self.kind, self.asked, example)

    def begin(self, lead: tuple[int, ...]) -> Memory:
        """Returns an empty memory, or None."""
        return self.run(lambda: self.objective.begin(lead)) if self.episodic else None

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns what `cost` returns, a memory begun where it needs one."""
        if self.episodic and memory is None:
            memory = self.begin(lead_of(view))
        return self.run(lambda: self.objective.cost(self.view(view), memory))

    def remember(self, memory: Memory, view: View) -> Memory:
        """Returns the memory after a view."""
        return self.run(lambda: self.objective.remember(memory, self.view(view)))

    def observe(self, view: View, memory: Memory = None) -> None:
        """Lets it take note of a view."""
        if self.episodic and memory is None:
            memory = self.begin(lead_of(view))
        with torch.no_grad():
            self.run(lambda: self.objective.observe(self.view(view), memory))

    def loss(self, view: View) -> Tensor | None:
        """Returns its loss in training mode."""
        self.objective.train()
        try:
            return self.run(lambda: self.objective.loss(self.view(view)))
        finally:
            self.objective.eval()

    def optimizer(self) -> torch.optim.Optimizer | None:
        """Returns an optimiser of what it learns, or None."""
        learnt = [p for p in self.objective.parameters() if p.requires_grad]
        return torch.optim.Adam(learnt, lr=1e-3, fused=True) if learnt else None

    def learn(self, view: View, optimizer: torch.optim.Optimizer | None) -> None:
        """Takes one step down its loss."""
        loss = self.loss(view)
        if loss is None or optimizer is None:
            return
        optimizer.zero_grad(set_to_none=True)
        self.run(loss.backward)
        optimizer.step()

    def state(self) -> dict[str, Tensor]:
        """Returns a copy of what it would save."""
        return copy.deepcopy(self.objective.state_dict())

    def kept(self) -> int:
        """Returns how many numbers the objective holds on to, wherever it keeps them."""
        return sum(_sizes(self.objective, set()))


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


def numbers(memory: Memory) -> int:
    """Returns how many numbers a memory holds."""
    sizes: list[int] = []
    mapped(lambda tensor: sizes.append(tensor.numel()) or tensor, memory)  # type: ignore[func-returns-value]
    return sum(sizes)


def same(a: Memory, b: Memory) -> bool:
    """Tells whether two memories are equal bit for bit."""
    left: list[Tensor] = []
    right: list[Tensor] = []
    mapped(lambda tensor: left.append(tensor) or tensor, a)  # type: ignore[func-returns-value]
    mapped(lambda tensor: right.append(tensor) or tensor, b)  # type: ignore[func-returns-value]
    return len(left) == len(right) and all(map(torch.equal, left, right))
