"""The slow critic: what lies beyond the second level's own plan, along ways between remembered places."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.actor.hierarchy.visited_area import Ground

SPACING = 0.3  # metres between landmarks, about
DISCOUNT = 0.99  # per macro-step: minutes are worth looking ahead
SWEEPS = 100  # of what is known, from landmark to landmark
LEAP = 2.0  # usual macro-steps, which the longest ones are
NEAREST = 6  # landmarks from which a place is judged
LONGEST = 500.0  # macro-steps that any way takes
SHORTEST = 0.2  # macro-steps that any way takes


def spread(position: Tensor) -> Tensor:
    """Returns which of positions (n, 2) in m to keep as landmarks: the last one of each spot."""
    spot = (position / SPACING).floor().long()
    spot = spot - spot.amin(0)
    key = spot[:, 0] * (spot[:, 1].amax() + 1) + spot[:, 1]
    found, which = key.unique(return_inverse=True)  # type: ignore[no-untyped-call]
    last = torch.zeros(len(found), dtype=torch.long)
    last.scatter_reduce_(0, which, torch.arange(len(key)), "amax", include_self=False)
    return last


@dataclass(frozen=True)
class Haste:
    """Sees costs so that all but the best come to about the same: what then is cheapest is to be there soonest.

    The sum of distances is cheaper along the hedge that the goal lies behind than in the middle of the way, and along
    hedges bodies get stuck.

    Attributes:
        least: The least cost of remembered places.
        half: How much more counts as half of all there is.
    """

    least: float
    half: float

    @classmethod
    def of(cls, cost: Tensor) -> Haste:
        """Takes the measure of costs (M,)."""
        return cls(float(cost.min()), max(float(cost.std(correction=0)) / 4, 1e-6))

    def __call__(self, cost: Tensor) -> Tensor:
        """Returns 0 to 1 of costs."""
        more = (cost - self.least).clamp_min(0.0)
        return more / (more + self.half)


@dataclass(frozen=True)
class Landmarks:
    """Remembered places, and what it costs to be at each and to go on from there in the best way.

    Attributes:
        haste: From costs to how far they are from the best that is remembered.
        position: (M, 2) in m.
        value: (M,) discounted cost to come.
        stride: How far a macro-step usually gets (m); ways between landmarks are up to `LEAP` times as long.
        ground: Where one has been.
    """

    haste: Haste
    position: Tensor
    value: Tensor
    stride: float
    ground: Ground

    @classmethod
    def judge(cls, position: Tensor, cost: Tensor, stride: float, ground: Ground) -> Landmarks:
        """Works values out from the costs (M,) of being at places (M, 2): value iteration over ways between them.

        Source: planning over a graph of remembered states, Eysenbach et al. 2019, arXiv 1906.05253. We differ in what
        it is for: it is the critic at the end of what the second level imagines, and not a plan.
        """
        haste = Haste.of(cost)
        cost = haste(cost)
        far = torch.cdist(position, position)
        one, other = ((far <= LEAP * stride) & (far > 0)).nonzero(as_tuple=True)
        own, keep = torch.full_like(far, torch.inf), torch.zeros_like(far)
        ways = _way(position[one], cost[one], position[other], stride, ground)
        own[one, other], keep[one, other] = ways
        value = stay = cost / (1 - DISCOUNT)
        for _ in range(SWEEPS):
            before, value = value, torch.minimum(stay, (own + keep * value).amin(1))
            if torch.allclose(before, value):
                break
        return cls(haste, position, value, stride, ground)

    def __call__(self, position: Tensor, cost: Tensor) -> Tensor:
        """Returns the discounted cost to come (B,) of being at places (B, 2) that cost (B,), as seen in haste."""
        near = torch.cdist(position, self.position).topk(min(NEAREST, len(self.position)), largest=False).indices
        start, paid = position.unsqueeze(1).expand(-1, near.shape[1], -1), cost.unsqueeze(1).expand_as(near)
        own, keep = _way(start, paid, self.position[near], self.stride, self.ground)
        return torch.minimum(cost / (1 - DISCOUNT), (own + keep * self.value[near]).amin(1))


def _way(start: Tensor, cost: Tensor, end: Tensor, stride: float, ground: Ground) -> tuple[Tensor, Tensor]:
    """Returns what going from places that cost (*lead,) adds, and what the value of where it leads counts."""
    long = ((end - start).norm(dim=-1) / stride).clamp_min(SHORTEST)
    keep = DISCOUNT ** delay(ground.chance(start, end), long)
    return cost * (1 - keep) / (1 - DISCOUNT), keep


def delay(chance: Tensor, long: Tensor | float = 1.0) -> Tensor:
    """Returns how many macro-steps a way takes that is so long and comes about with a chance.

    Whoever is mistaken finds out at the next plan, a macro-step later, and tries again.
    """
    return ((long + 1.0 - chance) / chance.clamp_min(1e-3)).clamp_max(LONGEST)
