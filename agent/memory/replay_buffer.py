"""What was lived, for learning from it again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.encoder import Senses

KEEP_COSTLY = 10  # one in so many moments of a memory that is cut short is kept for its cost


def error_priority(energy: Tensor, visits: Tensor) -> Tensor:
    """Returns the priority of what is badly predicted.

    Source: proportional prioritisation, Schaul et al. 2015, arXiv 1511.05952, with an exponent of 0.5.
    """
    return energy.sqrt()


def curiosity_priority(energy: Tensor, visits: Tensor) -> Tensor:
    """Returns the priority of what was seldom drawn, or is badly predicted.

    Source: Curious Replay, Kauvar et al. 2023, arXiv 2306.15934, with its constants: c = 1e4, beta = 0.7,
    epsilon = 0.01, alpha = 0.7.
    """
    return 1e4 * 0.7 ** visits.float() + (energy + 0.01) ** 0.7


PRIORITIES = {"error": error_priority, "curious": curiosity_priority}


class TransitionBatch(NamedTuple):
    """Transitions drawn from memory.

    Attributes:
        senses: Before, by name (B, ...).
        action: (B, A).
        after: Senses after, by name (B, ...).
        cost: (B, C) per cost that the memory keeps.
        place: (B,) where they lie in memory.
        even: (B,) which of them were drawn evenly.
    """

    senses: Senses
    action: Tensor
    after: Senses
    cost: Tensor
    place: Tensor
    even: Tensor


class SequenceBatch(NamedTuple):
    """Successive moments drawn from memory, time first.

    Attributes:
        senses: By name (T + 1, B, ...).
        action: (T, B, A).
        place: (T + 1, B) where they lie in memory.
    """

    senses: Senses
    action: Tensor
    place: Tensor


class ReplayBuffer:
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
        self.energy = torch.zeros(capacity)  # how badly each transition was predicted last
        self.visits = torch.zeros(capacity, dtype=torch.int32)  # how often each was drawn
        self.linked = torch.zeros(capacity, dtype=torch.bool)  # whether the next moment follows from this one
        self.size, self.last = 0, -1

    def truncated(self, moments: int) -> ReplayBuffer:
        """Returns a memory of the same kind that keeps so many moments alone, from the oldest on."""
        new = ReplayBuffer({k: v[0] for k, v in self.senses.items()}, self.action.shape[1], self.costs, self.capacity)
        flat = {name: kept[:moments] for name, kept in self.state_dict().items() if name != "costs"}
        flat["linked"][-1:] = False  # what came of the last is not known to it
        new.load_state_dict({**flat, "costs": self.costs})
        return new

    def widen(self, things: int) -> None:
        """Makes place for more things per moment; what was lived among fewer is kept, the others count as absent."""
        narrow = self.senses["things"]
        wide = narrow.new_zeros((self.capacity, things, narrow.shape[-1]))
        wide[: self.size, : narrow.shape[1]] = narrow[: self.size]
        self.senses["things"] = wide

    @property
    def transitions(self) -> int:
        """How many there are to learn from."""
        return int(self.linked.sum())

    def add(self, senses: Senses, action: Tensor, after: Senses, costs: dict[str, float], energy: float = 1.0) -> None:
        """Keeps one transition and how badly it was predicted; a cost that is missing or not finite is kept as 0."""
        if not self.continues_from(senses):
            self._write(senses)  # another life, or one that was moved: nothing led here
        self.action[self.last] = action
        self.cost[self.last] = torch.nan_to_num(
            torch.tensor([costs.get(name, 0.0) for name in self.costs]), 0.0, 0.0, 0.0
        )
        self.energy[self.last] = energy if math.isfinite(energy) else 1.0
        self.visits[self.last] = 0
        self.linked[self.last] = True
        self._write(after)

    def continues_from(self, senses: Senses) -> bool:
        """Tells whether these are the senses that a life was at last."""
        return self.last >= 0 and all(torch.equal(v[self.last], senses[k]) for k, v in self.senses.items())

    def _write(self, senses: Senses) -> None:
        self.last = (self.last + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)
        for name, store in self.senses.items():
            store[self.last] = senses[name]
        self.linked[self.last] = False

    def sample(
        self, batch: int, generator: torch.Generator, rare: float = 0.0, priority: str = "error"
    ) -> TransitionBatch:
        """Draws transitions, some of them by priority and the others evenly.

        What happens seldom (a burn, a meal) is else drowned in what happens always. We mix in even draws in place of
        importance weights.

        Args:
            batch: How many, B.
            generator: Random numbers.
            rare: Share of them drawn by priority, 0 to 1; the others are drawn evenly.
            priority: One of `PRIORITIES`.
        """
        order = self.order  # as lived, so that a memory read back from disk draws the same
        known = order[self.linked[order]]
        pick = torch.randint(len(known), (batch,), generator=generator)
        even = torch.ones(batch, dtype=torch.bool)
        if rare > 0.0:
            weight = PRIORITIES[priority](self.energy[known].clamp(1e-6, 1e6), self.visits[known])
            worst = torch.multinomial(weight, batch, replacement=True, generator=generator)
            # By turns, so that every part of the batch has its share.
            even = torch.rand(batch, generator=generator) >= rare
            pick = torch.where(even, pick, worst)
        index = known[pick]
        self.visits.index_add_(0, index, torch.ones_like(index, dtype=torch.int32))
        after = (index + 1) % self.capacity
        now, then = ({k: v[i] for k, v in self.senses.items()} for i in (index, after))
        return TransitionBatch(now, self.action[index], then, self.cost[index], index, even)

    def sample_sequences(
        self, batch: int, steps: int, generator: torch.Generator, rare: float = 0.0, priority: str = "error"
    ) -> SequenceBatch | None:
        """Draws stretches of a life without a break: no episode ends in them, and nobody moves body or things.

        Args:
            batch: How many, B.
            steps: Transitions in each, T.
            generator: Random numbers.
            rare: Share of them drawn by the priorities of all their transitions together; the others evenly.
            priority: One of `PRIORITIES`.

        Returns:
            None where no life was as long.
        """
        order = self.order
        places = torch.arange(self.size)
        gap = torch.where(self.linked[order], self.size, places)
        gap = gap.flip(0).cummin(0).values.flip(0)  # the next moment that nothing follows from
        starts = torch.nonzero(gap - places >= steps).squeeze(1)
        if not len(starts):
            return None
        pick = torch.randint(len(starts), (batch,), generator=generator)
        if rare > 0.0:
            weight = PRIORITIES[priority](self.energy[order].clamp(1e-6, 1e6), self.visits[order]).double()
            total = nn.functional.pad(weight.cumsum(0), (1, 0))
            worst = torch.multinomial(total[starts + steps] - total[starts], batch, True, generator=generator)
            pick = torch.where(torch.rand(batch, generator=generator) < rare, worst, pick)
        place = order[starts[pick] + torch.arange(steps + 1).unsqueeze(1)]
        return SequenceBatch({k: v[place] for k, v in self.senses.items()}, self.action[place[:-1]], place)

    def update_priorities(self, index: Tensor, energy: Tensor) -> None:
        """Notes how badly transitions are predicted now."""
        self.energy[index] = torch.nan_to_num(energy, 1.0, 1.0, 1.0)

    @property
    def order(self) -> Tensor:
        """Where the moments lie, in the order they were lived."""
        return self._order(self.size)

    def _order(self, latest: int) -> Tensor:
        return (torch.arange(latest) + self.last + 1 - latest) % self.capacity

    def state_dict(self, moments: int | None = None) -> dict[str, Any]:
        """Returns moments in the order they were lived: all, or so many, the latest and a few that cost unusually much.

        What is kept of a long life must hold what it was taught by: a burn that it avoided ever since.
        """
        order = self.order
        if moments is not None and moments < self.size:
            recent = order[self.size - moments + moments // KEEP_COSTLY :]
            order = torch.cat([self._most_costly(order[: -len(recent) - 1], moments // KEEP_COSTLY), recent])
        flat = {f"obs.{k}": v[order] for k, v in self.senses.items()}
        flat |= {name: getattr(self, name)[order] for name in ("action", "cost", "energy", "visits", "linked")}
        followed = torch.cat([order[1:] == (order[:-1] + 1) % self.capacity, torch.ones(1, dtype=torch.bool)])
        return flat | {"linked": flat["linked"] & followed, "costs": list(self.costs)}

    def _most_costly(self, order: Tensor, moments: int) -> Tensor:
        """Returns which of these moments began the steps that cost most beside the usual, and their ends."""
        begins = order[self.linked[order]]
        if len(begins) < 2 or not self.costs:
            return begins[:0]
        cost = self.cost[begins]
        unusual = ((cost - cost.mean(0)) / cost.std(0).clamp_min(1e-6)).amax(-1)
        worst = begins[unusual.argsort(descending=True, stable=True)[: moments // 2]]
        kept = torch.zeros(self.capacity, dtype=torch.bool)
        kept[worst] = kept[(worst + 1) % self.capacity] = True
        return order[kept[order]]

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned, as much as fits, the latest first; costs that it lacks count as 0."""
        self.size = min(len(state["action"]), self.capacity)
        self.last = self.size - 1
        for name, store in self.senses.items():
            store[: self.size] = state[f"obs.{name}"][-self.size :]
        self.action[: self.size] = state["action"][-self.size :]
        self.energy[: self.size] = state["energy"][-self.size :]
        self.visits[: self.size] = state["visits"][-self.size :]
        self.linked.zero_()
        self.linked[: self.size] = state["linked"][-self.size :]
        for i, name in enumerate(self.costs):
            if name in state["costs"]:
                self.cost[: self.size, i] = state["cost"][-self.size :, list(state["costs"]).index(name)]
