"""Stretches of what was lived, never across the end of an episode."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from agent.memory import Replay
from agent.perception import Senses


class Stretches(NamedTuple):
    """Stretches drawn from memory.

    Attributes:
        before: Senses at the beginning, by name (B, ...).
        action: (B, steps, A).
        after: Senses at the end, by name (B, ...).
    """

    before: Senses
    action: Tensor
    after: Senses


def begins(memory: Replay, steps: int) -> Tensor:
    """Returns where in memory `steps` transitions follow on each other, in the order they were lived."""
    order = (torch.arange(memory.size) + memory.last + 1 - memory.size) % memory.capacity
    if memory.size <= steps:
        return order[:0]
    followed = torch.cat([torch.zeros(1, dtype=torch.long), memory.linked[order].long().cumsum(0)])
    count = memory.size - steps
    return order[:count][followed[steps : steps + count] - followed[:count] == steps]


def draw(memory: Replay, steps: int, batch: int, generator: torch.Generator) -> Stretches | None:
    """Draws stretches evenly, or returns None while there are fewer than a batch."""
    known = begins(memory, steps)
    if len(known) < batch:
        return None
    first = known[torch.randint(len(known), (batch,), generator=generator)]
    way = (first.unsqueeze(1) + torch.arange(steps)) % memory.capacity
    before, after = ({k: v[i] for k, v in memory.senses.items()} for i in (first, (first + steps) % memory.capacity))
    return Stretches(before, memory.action[way], after)
