"""Running moments of a stream of numbers: means, variances, and root mean squares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


def merge_moments(mean: Tensor, var: Tensor, rows: Tensor, share: float) -> None:
    """Merges the mean and variance of a batch into running ones, in place.

    Formula: with ``d`` the batch's mean less the running one and ``s`` the share, ``mean += s d`` and
    ``var = (1 - s) var + s batch_var + s (1 - s) d^2``.

    Source: Chan, Golub and LeVeque, *Updating formulae and a pairwise algorithm for computing sample variances*, 1979.

    Args:
        mean: Running mean, (F,).
        var: Running population variance, (F,).
        rows: The batch, (n, F).
        share: Weight of the batch in the result, 0 to 1: n over the number of all rows for an exact result, more to
            forget old rows.
    """
    off = rows.mean(0) - mean
    var.lerp_(rows.var(0, correction=0), share).add_(off.square() * (share * (1.0 - share)))
    mean.add_(off * share)


@dataclass
class ExponentialMoments:
    """Exponential running mean and standard deviation of single numbers; unbiased from the first number on.

    Attributes:
        half_life: Numbers after which a number counts half.
        weight: Sum of the weights of all numbers; 0 before the first.
        first: Weighted sum of the numbers.
        second: Weighted sum of their squares.
    """

    half_life: float
    weight: float = 0.0
    first: float = 0.0
    second: float = 0.0

    def update(self, value: float) -> None:
        """Adds a number; one that is not finite is ignored."""
        if not math.isfinite(value):
            return
        keep = 0.5 ** (1.0 / self.half_life)
        self.weight = keep * self.weight + (1.0 - keep)
        self.first = keep * self.first + (1.0 - keep) * value
        self.second = keep * self.second + (1.0 - keep) * value * value

    @property
    def mean(self) -> float:
        """The running mean; 0 before the first number."""
        return self.first / self.weight if self.weight else 0.0

    @property
    def deviation(self) -> float:
        """The running standard deviation; 0 before the first number."""
        return math.sqrt(max(0.0, self.second / self.weight - self.mean**2)) if self.weight else 0.0


class RunningRms(nn.Module):
    """Exponential running root mean square of batches of costs; saved with the module that it is part of.

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
        """Adds costs of any shape; entries that are not finite are ignored.

        Args:
            cost: Raw costs, of any shape.
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
