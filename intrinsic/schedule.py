"""Weight schedules, and the share of each objective in the choice of a plan."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from housecat.core.errors import UserError


class Schedule(nn.Module):
    """A weight that runs along straight lines between points of (lived transitions, weight), and stays at the last.

    Args:
        points: Points in the order of their transitions; the first begins now.

    Raises:
        UserError: There is none, one is not a pair of finite numbers, or they are out of order.
    """

    at: Tensor
    weights: Tensor
    clock: Tensor

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        if not points or any(len(point) != 2 or not all(map(math.isfinite, point)) for point in points):
            raise UserError(f"a schedule is points of (transitions, weight), such as [(0, 1), (9000, 0.1)]: {points!r}")
        times = [float(time) for time, _ in points]
        if times[0] < 0 or any(later <= earlier for earlier, later in itertools.pairwise(times)):
            raise UserError(f"the transitions of a schedule must rise, from 0 on; they are {times}")
        self.register_buffer("at", torch.tensor(times, dtype=torch.float64))
        self.register_buffer("weights", torch.tensor([float(w) for _, w in points], dtype=torch.float64))
        self.register_buffer("clock", torch.zeros((), dtype=torch.float64))

    def advance(self, transitions: int) -> None:
        """Advances the clock by a number of lived transitions."""
        self.clock += transitions

    def value(self) -> float:
        """Returns the current weight."""
        after = int((self.at <= self.clock).sum())
        if after == 0 or after == len(self.at):
            return float(self.weights[0 if after == 0 else -1])
        share = (self.clock - self.at[after - 1]) / (self.at[after] - self.at[after - 1])
        return float(torch.lerp(self.weights[after - 1], self.weights[after], share))


def shares(parts: Mapping[str, Tensor], chosen: int) -> dict[str, float]:
    r"""Returns how much each part of the cost favoured the chosen plan over the average of all plans.

    Formula: ``share[i] = (mean over plans of part[i] - part[i] of the chosen) / sum over j of |that of j|``: positive
    favoured it, negative opposed it, and absolute values add up to 1; all are 0 where no plan differed.

    Args:
        parts: Weighted cost of each plan (B,), by objective (and by what the critic expects).
        chosen: Index of the chosen plan.
    """
    gains = {name: float(part.mean() - part[chosen]) for name, part in parts.items()}
    gains = {name: gain if math.isfinite(gain) else 0.0 for name, gain in gains.items()}
    total = sum(map(abs, gains.values()))
    return {name: gain / total if total > 0.0 else 0.0 for name, gain in gains.items()}
