"""The running scale that makes costs of unlike units comparably loud."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RunningRms(nn.Module):
    """An exponential moving root mean square with bias correction.

    The square root of a weighted mean of squares, where a sample's weight halves with every `half_life` samples
    that come after it. The weights are summed too and divided by, which is Adam's bias correction (Kingma and Ba,
    2014, arXiv 1412.6980) for steps of unequal size: the scale is right from the first sample on.

    Attributes:
        square: Weighted sum of squared costs.
        weight: Sum of the weights; 0 before the first sample.
    """

    square: Tensor
    weight: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("square", torch.zeros((), dtype=torch.float64))
        self.register_buffer("weight", torch.zeros((), dtype=torch.float64))

    @torch.no_grad()
    def update(self, cost: Tensor, half_life: float, samples: int = 0) -> None:
        """Takes in costs of any shape; entries that are not finite are passed over.

        Args:
            cost: Raw costs.
            half_life: Samples after which a sample counts half.
            samples: How many samples the costs count as together; 0 for one each.
        """
        finite = cost[torch.isfinite(cost)].double()
        if finite.numel() == 0:
            return
        keep = 0.5 ** ((samples or finite.numel()) / half_life)
        self.square.mul_(keep).add_((1.0 - keep) * finite.square().mean())
        self.weight.mul_(keep).add_(1.0 - keep)

    def reset(self) -> None:
        """Forgets every sample."""
        self.square.zero_()
        self.weight.zero_()

    def value(self) -> float:
        """Returns the root mean square; 1 before the first sample, and never less than 1e-6."""
        weight = float(self.weight)
        return max((float(self.square) / weight) ** 0.5, 1e-6) if weight > 0.0 else 1.0
