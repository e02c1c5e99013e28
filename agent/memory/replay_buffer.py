"""The replay buffer: transitions and sequences of a life, drawn uniformly or by priority."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from agent.memory.ring_buffer import RingBuffer
from agent.perception.encoder import Senses

COSTLY_FRACTION = 10  # one in so many moments of a shortened state is kept for its cost


def error_priority(energy: Tensor, visits: Tensor) -> Tensor:
    """Returns the priority (n,) of transitions by their prediction energy (n,).

    Source: proportional prioritisation, Schaul et al. 2015, arXiv 1511.05952, with an exponent of 0.5.
    """
    return energy.sqrt()


def curiosity_priority(energy: Tensor, visits: Tensor) -> Tensor:
    """Returns the priority (n,) of transitions by their prediction energy (n,) and number of visits (n,).

    Source: Curious Replay, Kauvar et al. 2023, arXiv 2306.15934, with its constants: c = 1e4, beta = 0.7,
    epsilon = 0.01, alpha = 0.7.
    """
    return 1e4 * 0.7 ** visits.float() + (energy + 0.01) ** 0.7


PRIORITIES = {"error": error_priority, "curious": curiosity_priority}


class TransitionBatch(NamedTuple):
    """Transitions from the replay buffer.

    Attributes:
        senses: Senses before, by name (B, ...).
        action: (B, A).
        after: Senses after, by name (B, ...).
        cost: (B, C) one for each cost that the buffer keeps.
        rows: (B,) rows of the buffer.
        uniform: (B,) whether each was drawn uniformly, and not by priority.
    """

    senses: Senses
    action: Tensor
    after: Senses
    cost: Tensor
    rows: Tensor
    uniform: Tensor


class SequenceBatch(NamedTuple):
    """Sequences of successive transitions from the replay buffer, time first.

    Attributes:
        senses: By name (T + 1, B, ...).
        action: (T, B, A).
        rows: (T + 1, B) rows of the buffer.
    """

    senses: Senses
    action: Tensor
    rows: Tensor


class ReplayBuffer(RingBuffer):
    """A ring buffer of moments, and of the transitions between successive ones: action, costs, prediction energy.

    Args:
        senses: Example senses, without leading shape.
        actions: Size of an action, A.
        costs: Names of the costs that are kept per transition, C of them.
        capacity: Number of moments that are kept; the oldest are overwritten.

    Attributes:
        action: (capacity, A) the action after each moment.
        cost: (capacity, C) costs of the transition from each moment.
        energy: (capacity,) prediction energy of the transition from each moment, when it was last predicted.
        visits: (capacity,) how often the transition from each moment was drawn.
        linked: (capacity,) whether the moment in the next row follows from this one.
    """

    def __init__(self, senses: Senses, actions: int, costs: tuple[str, ...], capacity: int) -> None:
        super().__init__(senses, capacity)
        self.costs = costs
        self.action = torch.zeros(capacity, actions)
        self.cost = torch.zeros(capacity, len(costs))
        self.energy = torch.zeros(capacity)
        self.visits = torch.zeros(capacity, dtype=torch.int32)
        self.linked = torch.zeros(capacity, dtype=torch.bool)

    def truncated(self, moments: int) -> ReplayBuffer:
        """Returns a buffer of the same capacity with the oldest moments only."""
        example = {name: stored[0] for name, stored in self.senses.items()}
        buffer = ReplayBuffer(example, self.action.shape[1], self.costs, self.capacity)
        state = {name: values[:moments] for name, values in self.state_dict().items() if name != "costs"}
        state["linked"][-1:] = False  # the moment after the last one is left out
        buffer.load_state_dict({**state, "costs": self.costs})
        return buffer

    @property
    def transitions(self) -> int:
        """Number of transitions that can be drawn."""
        return int(self.linked.sum())

    @property
    def last(self) -> int:
        """Row of the latest moment; only valid when there is one."""
        return (self.count - 1) % self.capacity

    def add(self, senses: Senses, action: Tensor, after: Senses, costs: dict[str, float], energy: float = 1.0) -> None:
        """Appends a transition.

        Args:
            senses: Senses before.
            action: (A,).
            after: Senses after.
            costs: Costs by name; those that are missing or not finite are kept as 0.
            energy: Prediction energy; 1 is kept where it is not finite.
        """
        if not self.continues_from(senses):
            self._append_unlinked(senses)  # a new episode, or one in which something was moved
        row = self.last
        self.action[row] = action
        self.cost[row] = torch.nan_to_num(torch.tensor([costs.get(name, 0.0) for name in self.costs]), 0.0, 0.0, 0.0)
        self.energy[row] = energy if math.isfinite(energy) else 1.0
        self.visits[row] = 0
        self.linked[row] = True
        self._append_unlinked(after)

    def continues_from(self, senses: Senses) -> bool:
        """Returns whether these are the senses of the latest moment."""
        return self.count > 0 and all(torch.equal(v[self.last], senses[k]) for k, v in self.senses.items())

    def _append_unlinked(self, senses: Senses) -> None:
        self.linked[self.append(senses)] = False

    def sample(
        self, batch: int, generator: torch.Generator, prioritized_fraction: float = 0.0, priority: str = "error"
    ) -> TransitionBatch:
        """Draws transitions, a fraction of them by priority and the others uniformly.

        Rare events (a burn, a meal) would otherwise be lost among common ones. The uniform draws stand in for
        importance weights.

        Args:
            batch: Number of transitions, B.
            generator: Random numbers.
            prioritized_fraction: Fraction that is drawn by priority, from 0 to 1.
            priority: One of `PRIORITIES`.
        """
        order = self.order  # by age, so that a buffer loaded from disk draws the same
        candidates = order[self.linked[order]]
        pick = torch.randint(len(candidates), (batch,), generator=generator)
        uniform = torch.ones(batch, dtype=torch.bool)
        if prioritized_fraction > 0.0:
            weight = PRIORITIES[priority](self.energy[candidates].clamp(1e-6, 1e6), self.visits[candidates])
            prioritized = torch.multinomial(weight, batch, replacement=True, generator=generator)
            # Both kinds are mixed, so that every part of the batch has its share.
            uniform = torch.rand(batch, generator=generator) >= prioritized_fraction
            pick = torch.where(uniform, pick, prioritized)
        index = candidates[pick]
        self.visits.index_add_(0, index, torch.ones_like(index, dtype=torch.int32))
        before, after = self.senses_at(index), self.senses_at((index + 1) % self.capacity)
        return TransitionBatch(before, self.action[index], after, self.cost[index], index, uniform)

    def sample_sequences(
        self,
        batch: int,
        steps: int,
        generator: torch.Generator,
        prioritized_fraction: float = 0.0,
        priority: str = "error",
    ) -> SequenceBatch | None:
        """Draws sequences of transitions within an episode, in which nothing was moved from outside.

        Args:
            batch: Number of sequences, B.
            steps: Number of transitions of each, T.
            generator: Random numbers.
            prioritized_fraction: Fraction that is drawn by the sum of the priorities of their transitions; the others
                uniformly.
            priority: One of `PRIORITIES`.

        Returns:
            None where there is no sequence of that length.
        """
        order = self.order
        places = torch.arange(self.size)
        end = torch.where(self.linked[order], self.size, places)
        end = end.flip(0).cummin(0).values.flip(0)  # the next moment without a successor
        starts = torch.nonzero(end - places >= steps).squeeze(1)
        if not len(starts):
            return None
        pick = torch.randint(len(starts), (batch,), generator=generator)
        if prioritized_fraction > 0.0:
            weight = PRIORITIES[priority](self.energy[order].clamp(1e-6, 1e6), self.visits[order]).double()
            total = nn.functional.pad(weight.cumsum(0), (1, 0))
            weights = total[starts + steps] - total[starts]
            prioritized = torch.multinomial(weights, batch, replacement=True, generator=generator)
            pick = torch.where(torch.rand(batch, generator=generator) < prioritized_fraction, prioritized, pick)
        index = order[starts[pick] + torch.arange(steps + 1).unsqueeze(1)]
        return SequenceBatch(self.senses_at(index), self.action[index[:-1]], index)

    def update_priorities(self, index: Tensor, energy: Tensor) -> None:
        """Sets the prediction energies (B,) of the transitions in rows (B,); 1 where they are not finite."""
        self.energy[index] = torch.nan_to_num(energy, 1.0, 1.0, 1.0)

    def state_dict(self, moments: int | None = None) -> dict[str, Any]:
        """Returns the moments, the oldest first.

        Args:
            moments: Maximum number of moments: the latest ones, and some whose transitions were unusually costly, so
                that a critic that is trained further keeps data about them. None for all.
        """
        order = self.order
        if moments is not None and moments < self.size:
            recent = order[self.size - moments + moments // COSTLY_FRACTION :]
            costly = self._most_costly(order[: -len(recent) - 1], moments // COSTLY_FRACTION)
            order = torch.cat([costly, recent])
        state = {f"obs.{name}": values for name, values in self.senses_at(order).items()}
        state |= {name: getattr(self, name)[order] for name in ("action", "cost", "energy", "visits", "linked")}
        followed = torch.cat([order[1:] == (order[:-1] + 1) % self.capacity, torch.ones(1, dtype=torch.bool)])
        return state | {"linked": state["linked"] & followed, "costs": list(self.costs)}

    def _most_costly(self, order: Tensor, moments: int) -> Tensor:
        """Returns the rows of at most so many of these moments: before and after the most unusually costly steps."""
        starts = order[self.linked[order]]
        if len(starts) < 2 or not self.costs:
            return starts[:0]
        cost = self.cost[starts]
        score = ((cost - cost.mean(0)) / cost.std(0).clamp_min(1e-6)).amax(-1)
        costly = starts[score.argsort(descending=True, stable=True)[: moments // 2]]
        kept = torch.zeros(self.capacity, dtype=torch.bool)
        kept[costly] = kept[(costly + 1) % self.capacity] = True
        return order[kept[order]]

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned, the latest moments that fit; costs that it lacks count as 0."""
        self.count = size = min(len(state["action"]), self.capacity)
        for name, stored in self.senses.items():
            stored[:size] = state[f"obs.{name}"][-size:]
        self.action[:size] = state["action"][-size:]
        self.energy[:size] = state["energy"][-size:]
        self.visits[:size] = state["visits"][-size:]
        self.linked.zero_()
        self.linked[:size] = state["linked"][-size:]
        for i, name in enumerate(self.costs):
            if name in state["costs"]:
                self.cost[:size, i] = state["cost"][-size:, list(state["costs"]).index(name)]
