"""What was lived, for learning from it again."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception import Senses


class Replay:
    """A ring of transitions with preallocated storage.

    Args:
        senses: Example senses, without leading shape.
        actions: Size of an action.
        costs: Names of the costs that are kept per transition.
        capacity: Transitions kept; the oldest are forgotten.
    """

    def __init__(self, senses: Senses, actions: int, costs: tuple[str, ...], capacity: int) -> None:
        self.capacity, self.costs = capacity, costs
        self.senses = {k: v.new_zeros((capacity, *v.shape)) for k, v in senses.items()}
        self.after = {k: v.new_zeros((capacity, *v.shape)) for k, v in senses.items()}
        self.action = torch.zeros(capacity, actions)
        self.cost = torch.zeros(capacity, len(costs))
        self.size, self.next = 0, 0

    def add(self, senses: Senses, action: Tensor, after: Senses, costs: dict[str, float]) -> None:
        """Keeps one transition; a cost that is missing or not finite is kept as 0."""
        for name in self.senses:
            self.senses[name][self.next] = senses[name]
            self.after[name][self.next] = after[name]
        self.action[self.next] = action
        values = torch.tensor([costs.get(name, 0.0) for name in self.costs])
        self.cost[self.next] = torch.nan_to_num(values)
        self.next = (self.next + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def sample(self, batch: int, generator: torch.Generator) -> tuple[Senses, Tensor, Senses, Tensor]:
        """Draws transitions at random: senses (batch, ...), action, senses after, costs (batch, C)."""
        index = torch.randint(self.size, (batch,), generator=generator)
        pick = {k: v[index] for k, v in self.senses.items()}
        after = {k: v[index] for k, v in self.after.items()}
        return pick, self.action[index], after, self.cost[index]

    def state_dict(self) -> dict[str, Tensor]:
        """Returns what is remembered as flat tensors."""
        flat = {f"senses.{k}": v[: self.size] for k, v in self.senses.items()}
        flat |= {f"after.{k}": v[: self.size] for k, v in self.after.items()}
        return flat | {
            "action": self.action[: self.size],
            "cost": self.cost[: self.size],
            "next": torch.tensor(self.next),
        }

    def load_state_dict(self, flat: dict[str, Tensor]) -> None:
        """Puts back what `state_dict` returned."""
        self.size, self.next = len(flat["action"]), int(flat["next"])
        for name in self.senses:
            self.senses[name][: self.size] = flat[f"senses.{name}"]
            self.after[name][: self.size] = flat[f"after.{name}"]
        self.action[: self.size], self.cost[: self.size] = flat["action"], flat["cost"]
