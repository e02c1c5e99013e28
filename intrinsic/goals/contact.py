"""Contact: a reward for touching things."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from intrinsic.objective import Memory, Objective, View


class Contact(Objective):
    r"""Rewards contact with something, soft or hard alike.

    Formula: ``cost = - f / (f + 1 N)``, with f the sum of the contact forces on all parts of the body.

    Source: a choice made here, after the touch rewards of tactile exploration; the force saturates, so that a hard
    blow is not better than holding.

    Reads: ``senses.touch`` (\*lead, parts) in N.

    Weaknesses: a wall counts as much as a toy, and so does the floor for a body that feels it through its feet. Holding
    still against a thing is optimal: use it together with `boredom`.
    """

    reads = frozenset({"senses.touch"})
    unit = 1.0
    enough: ClassVar[float] = 1.0  # N at which it is half as good as it gets

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative touch (-1 to 0), shape (*lead,)."""
        force = view["senses.touch"].clamp_min(0.0).sum(-1)
        return -force / (force + self.enough)
