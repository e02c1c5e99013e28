"""What an ensemble does not know before it has learnt: that anything may happen to what is near."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

FEATURES = 16
SIZE = 0.5  # typical prior change of a dimension, in units of the typical change


class NearnessPrior(nn.Module):
    """Fixed random functions, one a member, of where a thing is beside the body; they fade with its distance.

    What a member predicts is its prior and what it has learnt on top. Where there was something to learn, it has
    learnt to cancel the prior; where there was not, members go on disagreeing. Without it a newborn that touched
    nothing while it babbled comes to agree with itself everywhere that things never move, and is curious about
    nothing: one lived 3,000 steps without touching a toy.

    Source: randomized prior functions, Osband, Aslanides and Cassirer 2018, arXiv 1806.03335, section 3. We differ in
    letting it fade with distance: what is far is left alone, so that no learning is spent on it.

    Args:
        members: Of the ensemble, E.
        out: Dimensions that it speaks of.
        generator: Random numbers; None for torch's own.
    """

    def __init__(self, members: int, out: int, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.members, self.out = members, out
        self.first: Tensor
        self.shift: Tensor
        self.second: Tensor
        self.register_buffer("first", 4.0 * torch.randn(2, FEATURES, generator=generator))
        self.register_buffer("shift", 2.0 * math.pi * torch.rand(FEATURES, generator=generator))
        second = torch.randn(FEATURES, members * out, generator=generator)
        self.register_buffer("second", second * (SIZE * math.sqrt(2.0 / FEATURES)))

    def forward(self, offset: Tensor, far: Tensor) -> Tensor:
        """Returns the prior change of things.

        Args:
            offset: (B, k, 2) of the thing in the body's frame (m).
            far: (B, k) from -1, around the body's middle, to 1, out of its reach.

        Returns:
            (E, B, k, out).
        """
        wave = torch.cos(offset @ self.first + self.shift) * (1.0 - far).unsqueeze(-1)
        out = wave @ self.second
        return out.view(*out.shape[:-1], self.members, self.out).movedim(-2, 0)  # (B, k, E out) to (E, B, k, out)
