"""Fixed random prior functions, in which the members of an ensemble differ near the body."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

FEATURES = 16
SCALE = 0.5  # standard deviation of the prior of a dimension, in units of the typical change


class NearnessPrior(nn.Module):
    """Fixed random functions of a thing's position relative to the body, one per member; they fade with distance.

    A member predicts the sum of its prior and of what it has learnt. Where there are data, it learns to cancel the
    prior; elsewhere the members go on disagreeing. Without priors, all members of a mind that touched nothing during
    its warm-up come to agree that things never move, and nothing is worth exploring: one lived 3,000 steps without
    touching a toy.

    Source: randomized prior functions, Osband, Aslanides and Cassirer 2018, arXiv 1806.03335, section 3. We differ in
    letting them fade with distance, so that no training is spent on cancelling them far away.

    Args:
        members: Number of members, E.
        out: Number of dimensions of a prior.
        generator: Random numbers; None for torch's global generator.
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
        self.register_buffer("second", second * (SCALE * math.sqrt(2.0 / FEATURES)))

    def forward(self, offset: Tensor, far: Tensor) -> Tensor:
        """Returns the prior of the changes of things.

        Args:
            offset: (B, k, 2) positions of the things in the body's frame (m).
            far: (B, k) proximity feature, from -1 at the body's center to 1 out of its reach.

        Returns:
            (E, B, k, out).
        """
        wave = torch.cos(offset @ self.first + self.shift) * (1.0 - far).unsqueeze(-1)
        out = wave @ self.second
        return out.view(*out.shape[:-1], self.members, self.out).movedim(-2, 0)  # (B, k, E out) to (E, B, k, out)
