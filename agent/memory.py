"""What was lived, for learning from it again."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception import Senses


class Replay:
    """A ring of moments with preallocated storage: senses, and where a life went on from there, action and costs.

    Args:
        senses: Example senses, without leading shape.
        actions: Size of an action.
        costs: Names of the costs that are kept per transition.
        capacity: Moments kept; the oldest are forgotten.
    """

    def __init__(self, senses: Senses, actions: int, costs: tuple[str, ...], capacity: int) -> None:
        self.capacity, self.costs = capacity, costs
        self.senses = {k: v.new_zeros((capacity, *v.shape)) for k, v in senses.items()}
        self.action = torch.zeros(capacity, actions)
        self.cost = torch.zeros(capacity, len(costs))
        self.linked = torch.zeros(capacity, dtype=torch.bool)  # whether the next moment follows from this one
        self.size, self.last = 0, -1

    @property
    def transitions(self) -> int:
        """How many there are to learn from."""
        return int(self.linked.sum())

    def add(self, senses: Senses, action: Tensor, after: Senses, costs: dict[str, float]) -> None:
        """Keeps one transition; a cost that is missing or not finite is kept as 0."""
        if self.last < 0 or any(not torch.equal(v[self.last], senses[k]) for k, v in self.senses.items()):
            self._write(senses)  # another life, or one that was moved: nothing led here
        self.action[self.last] = action
        self.cost[self.last] = torch.nan_to_num(
            torch.tensor([costs.get(name, 0.0) for name in self.costs]), 0.0, 0.0, 0.0
        )
        self.linked[self.last] = True
        self._write(after)

    def _write(self, senses: Senses) -> None:
        self.last = (self.last + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)
        for name, store in self.senses.items():
            store[self.last] = senses[name]
        self.linked[self.last] = False

    def sample(self, batch: int, generator: torch.Generator) -> tuple[Senses, Tensor, Senses, Tensor]:
        """Draws transitions at random: senses (batch, ...), action, senses after, costs (batch, C)."""
        order = self._order(self.size)  # as lived, so that a memory read back from disk draws the same
        known = order[self.linked[order]]
        index = known[torch.randint(len(known), (batch,), generator=generator)]
        after = (index + 1) % self.capacity
        now, then = ({k: v[i] for k, v in self.senses.items()} for i in (index, after))
        return now, self.action[index], then, self.cost[index]

    def _order(self, latest: int) -> Tensor:
        return (torch.arange(latest) + self.last + 1 - latest) % self.capacity

    def state(self, moments: int | None = None) -> dict[str, Tensor]:
        """Returns the latest moments, all by default, in the order they were lived."""
        keep = self.size if moments is None else min(moments, self.size)
        order = self._order(keep)
        flat = {f"senses.{k}": v[order] for k, v in self.senses.items()}
        return flat | {"action": self.action[order], "cost": self.cost[order], "linked": self.linked[order]}

    def load(self, flat: dict[str, Tensor], costs: tuple[str, ...]) -> None:
        """Puts back what `state` of a memory with these costs returned; costs not kept then count as 0."""
        self.size = min(len(flat["action"]), self.capacity)
        self.last = self.size - 1
        for name, store in self.senses.items():
            store[: self.size] = flat[f"senses.{name}"][-self.size :]
        self.action[: self.size] = flat["action"][-self.size :]
        self.linked.zero_()
        self.linked[: self.size] = flat["linked"][-self.size :]
        for i, name in enumerate(self.costs):
            if name in costs:
                self.cost[: self.size, i] = flat["cost"][-self.size :, costs.index(name)]
