"""The distillation buffer: what the planner chose in which situations, for the policy to imitate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from agent.actor.reactive.goal_conditioning import GOAL_SIZE
from agent.memory.ring_buffer import RingBuffer
from agent.perception.encoder import Senses
from agent.perception.symmetry import Symmetry, select_rows

CAPACITY = 10_000  # decisions


class DistillationBatch(NamedTuple):
    """Situations, and what the planner chose in them.

    Attributes:
        senses: Senses by name (B, ...).
        goals: (B, 1 + K, GOAL_SIZE) goal tokens of the body and all things.
        action: (B, A) first action of the planner's mean plan.
        regret: (B,) how much more the policy's own plan cost, in standard deviations of the plans' costs; nan where the
            policy had proposed none.
    """

    senses: Senses
    goals: Tensor
    action: Tensor
    regret: Tensor


def mirror_batch(
    batch: DistillationBatch, symmetry: Symmetry, center_y: float, generator: torch.Generator
) -> DistillationBatch:
    """Returns a batch of which a random half is mirrored at the line along x through `center_y` (m)."""
    half = torch.rand(len(batch.action), generator=generator) < 0.5
    goals = batch.goals.clone()
    goals[..., 2] = 2.0 * center_y * goals[..., 0] - goals[..., 2]  # tokens without a goal stay zero
    return DistillationBatch(
        symmetry.mirror_selected(half, batch.senses, center_y),
        select_rows(half, goals, batch.goals),
        select_rows(half, symmetry.mirror_actions(batch.action), batch.action),
        batch.regret,
    )


class DistillationBuffer(RingBuffer):
    """A ring buffer of situations and the planner's choices; it holds senses, since latents change while learning.

    Args:
        senses: Example senses, without leading shape.
        actions: Size of an action, A.
        capacity: Number of decisions that are kept; the oldest are overwritten.

    Attributes:
        goals: (capacity, 1 + K, GOAL_SIZE) goal tokens.
        action: (capacity, A) the planner's choices.
        regret: (capacity,) regrets of the policy's own plans.
    """

    def __init__(self, senses: Senses, actions: int, capacity: int = CAPACITY) -> None:
        super().__init__(senses, capacity)
        self.goals = torch.zeros(capacity, 1 + len(senses["things"]), GOAL_SIZE)
        self.action = torch.zeros(capacity, actions)
        self.regret = torch.zeros(capacity)

    def add(self, senses: Senses, goals: Tensor, action: Tensor, regret: float) -> None:
        """Appends one decision of the planner."""
        if len(senses["things"]) > self.goals.shape[1] - 1:
            self.widen(len(senses["things"]))
        row = self.append(senses)
        self.goals[row], self.action[row], self.regret[row] = goals, action, regret

    def _pad_things(self, more: int) -> None:
        super()._pad_things(more)
        self.goals = nn.functional.pad(self.goals, (0, 0, 0, more))

    def sample(self, size: int, generator: torch.Generator) -> DistillationBatch:
        """Returns a batch of `size` decisions, sampled uniformly with replacement."""
        index = torch.randint(self.size, (size,), generator=generator)
        return DistillationBatch(self.senses_at(index), self.goals[index], self.action[index], self.regret[index])

    def state_dict(self, choices: int | None = None) -> dict[str, Any]:
        """Returns the latest choices, all by default, the oldest first."""
        order = self.latest(self.size if choices is None else min(choices, self.size))
        state = {f"obs.{name}": values for name, values in self.senses_at(order).items()}
        state |= {"goal": self.goals[order], "action": self.action[order], "regret": self.regret[order]}
        return {**state, "count": self.count}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned, each choice to the row where it was."""
        self.widen(state["goal"].shape[1] - 1)
        kept = len(state["action"])
        # A state of the latest choices only is loaded to the first rows.
        self.count = state["count"] if kept == min(state["count"], self.capacity) else kept
        order = self.order
        for name, stored in self.senses.items():
            stored[order] = state[f"obs.{name}"]
        self.goals[order], self.action[order], self.regret[order] = state["goal"], state["action"], state["regret"]
