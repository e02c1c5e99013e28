"""What planning chose, in which situations: what habits are compiled from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from agent.actor.reactive.goal_conditioning import WISH
from agent.perception.encoder import Senses
from agent.perception.symmetry import Symmetry, select_rows

CAPACITY = 10_000


class Chosen(NamedTuple):
    """Situations, and what planning chose in them.

    Attributes:
        senses: By name (B, ...).
        wish: (B, 1 + K, WISH) of the body and all things.
        action: (B, A) what planning leant to do: the mean of its best plans' first actions.
        regret: (B,) how much dearer the reflex's own plan was, in spreads of plans' costs; nan where there was none.
    """

    senses: Senses
    wish: Tensor
    action: Tensor
    regret: Tensor


def mirrored(chosen: Chosen, mirror: Symmetry, middle: float, generator: torch.Generator) -> Chosen:
    """Returns situations and choices of which half, by chance, are seen in a mirror along x through `middle` (m)."""
    half = torch.rand(len(chosen.action), generator=generator) < 0.5
    wish = chosen.wish.clone()
    wish[..., 2] = 2.0 * middle * wish[..., 0] - wish[..., 2]  # nowhere stays nowhere
    return Chosen(
        mirror.mirror_selected(half, chosen.senses, middle),
        select_rows(half, wish, chosen.wish),
        select_rows(half, mirror.mirror_actions(chosen.action), chosen.action),
        chosen.regret,
    )


class DistillationBuffer:
    """A ring of situations and choices with preallocated storage; it holds what was sensed, since latents change.

    Args:
        senses: Example senses, without leading shape.
        actions: Size of an action.
        capacity: Choices kept; the oldest are forgotten.
    """

    def __init__(self, senses: Senses, actions: int, capacity: int = CAPACITY) -> None:
        self.capacity, self.size, self.count = capacity, 0, 0
        self.senses = {name: value.new_zeros((capacity, *value.shape)) for name, value in senses.items()}
        self.wish = torch.zeros(capacity, 1 + len(senses["things"]), WISH)
        self.action = torch.zeros(capacity, actions)
        self.regret = torch.zeros(capacity)

    def add(self, senses: Senses, wish: Tensor, action: Tensor, regret: float) -> None:
        """Keeps one choice."""
        if len(senses["things"]) > self.wish.shape[1] - 1:
            self._widen(len(senses["things"]))
        at = self.count % self.capacity
        for name, store in self.senses.items():
            store[at] = senses[name]
        self.wish[at], self.action[at], self.regret[at] = wish, action, regret
        self.count += 1
        self.size = min(self.count, self.capacity)

    def _widen(self, things: int) -> None:
        """Makes place for more things; where there were fewer, the others count as absent."""
        with torch.inference_mode(False):  # what is made while it acts is learnt from, too
            self._pad(things)

    def _pad(self, things: int) -> None:
        more = things - (self.wish.shape[1] - 1)
        self.senses["things"] = nn.functional.pad(self.senses["things"], (0, 0, 0, more))
        self.wish = nn.functional.pad(self.wish, (0, 0, 0, more))

    def sample(self, batch: int, generator: torch.Generator) -> Chosen:
        """Draws choices evenly, B of them."""
        at = torch.randint(self.size, (batch,), generator=generator)
        senses = {name: store[at] for name, store in self.senses.items()}
        return Chosen(senses, self.wish[at], self.action[at], self.regret[at])

    def state_dict(self, choices: int | None = None) -> dict[str, Any]:
        """Returns the latest choices, all by default, in the order of the ring."""
        keep = self.size if choices is None else min(choices, self.size)
        order = (torch.arange(keep) + self.count - keep) % self.capacity
        flat = {f"obs.{name}": store[order] for name, store in self.senses.items()}
        flat |= {"goal": self.wish[order], "action": self.action[order], "regret": self.regret[order]}
        return {**flat, "count": self.count}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned, each choice to the place where it was."""
        self._widen(state["goal"].shape[1] - 1)
        kept, count = len(state["action"]), state["count"]
        if kept < min(count, self.capacity):  # only the latest were kept: the ring begins anew
            count = kept
        order = (torch.arange(kept) + count - kept) % self.capacity
        for name, store in self.senses.items():
            store[order] = state[f"obs.{name}"]
        self.wish[order], self.action[order], self.regret[order] = state["goal"], state["action"], state["regret"]
        self.count, self.size = count, kept
