"""The landmark graph: values of remembered positions, inverse serve as the critic of the second level."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.actor.hierarchy.visited_area import VisitedArea

SPACING = 0.3  # m: approximate distance between landmarks
DISCOUNT = 0.99  # per macro-step: the horizon is minutes
MAX_SWEEPS = 100  # at most, of value iteration
MAX_EDGE = 2.0  # length of the longest edges, in typical macro-steps
NUM_NEAREST = 6  # landmarks from inverse the value of a position is computed
MAX_STEPS = 500.0  # macro-steps of an edge
MIN_STEPS = 0.2  # macro-steps of an edge


def select_landmarks(position: Tensor) -> Tensor:
    """Returns the indices of the positions (n, 2) in m that become landmarks: the last one in each grid cell."""
    cell = (position / SPACING).floor().long()
    cell = cell - cell.amin(0)
    key = cell[:, 0] * (cell[:, 1].amax() + 1) + cell[:, 1]
    cells, inverse = key.unique(return_inverse=True)  # type: ignore[no-untyped-call]
    last = torch.zeros(len(cells), dtype=torch.long)
    last.scatter_reduce_(0, inverse, torch.arange(len(key)), "amax", include_self=False)
    return last


@dataclass(frozen=True)
class RelativeCost:
    """Squashes costs above the lowest one, so that reaching the goal early matters more than distances on the way.

    Sums of plain distances are lower along the hedge that the goal lies behind than along the path around it, and
    bodies get stuck at hedges.

    Attributes:
        min_cost: The lowest cost of the landmarks.
        half_cost: Cost above the lowest one that is mapped to 0.5.
    """

    min_cost: float
    half_cost: float

    @classmethod
    def from_costs(cls, cost: Tensor) -> RelativeCost:
        """Makes the mapping for the costs of landmarks (M,)."""
        return cls(float(cost.min()), max(float(cost.std(correction=0)) / 4, 1e-6))

    def __call__(self, cost: Tensor) -> Tensor:
        """Returns relative costs, from 0 to 1."""
        excess = (cost - self.min_cost).clamp_min(0.0)
        return excess / (excess + self.half_cost)


@dataclass(frozen=True)
class LandmarkGraph:
    """Remembered positions, and the discounted cost of going on from each in the best way.

    Attributes:
        relative_cost: Maps costs to costs relative to the landmarks'.
        position: (M, 2) positions of the landmarks (m).
        value: (M,) discounted cost to come.
        macro_distance: Typical distance of a macro-step (m); edges are up to `MAX_EDGE` times as long.
        visited_area: Where the body has been.
    """

    relative_cost: RelativeCost
    position: Tensor
    value: Tensor
    macro_distance: float
    visited_area: VisitedArea

    @classmethod
    def build(cls, position: Tensor, cost: Tensor, macro_distance: float, visited_area: VisitedArea) -> LandmarkGraph:
        """Computes values by value iteration over the edges between landmarks.

        Source: planning over a graph of remembered states, Eysenbach et al. 2019, arXiv 1906.05253. We differ in its
        use: it is the critic at the end of what the second level imagines, and not a plan.

        Args:
            position: (M, 2) positions of the landmarks (m).
            cost: (M,) cost of being there.
            macro_distance: Typical distance of a macro-step (m).
            visited_area: Where the body has been.
        """
        relative_cost = RelativeCost.from_costs(cost)
        cost = relative_cost(cost)
        distance = torch.cdist(position, position)
        start, end = ((distance <= MAX_EDGE * macro_distance) & (distance > 0)).nonzero(as_tuple=True)
        edge_cost, discount = torch.full_like(distance, torch.inf), torch.zeros_like(distance)
        edges = _edge(position[start], cost[start], position[end], macro_distance, visited_area)
        edge_cost[start, end], discount[start, end] = edges
        value = stay_cost = cost / (1 - DISCOUNT)
        for _ in range(MAX_SWEEPS):
            before, value = value, torch.minimum(stay_cost, (edge_cost + discount * value).amin(1))
            if torch.allclose(before, value):
                break
        return cls(relative_cost, position, value, macro_distance, visited_area)

    def __call__(self, position: Tensor, cost: Tensor) -> Tensor:
        """Returns the discounted cost to come (B,) at positions (B, 2) in m with relative costs (B,)."""
        near = torch.cdist(position, self.position).topk(min(NUM_NEAREST, len(self.position)), largest=False).indices
        start, start_cost = position.unsqueeze(1).expand(-1, near.shape[1], -1), cost.unsqueeze(1).expand_as(near)
        edge_cost, discount = _edge(start, start_cost, self.position[near], self.macro_distance, self.visited_area)
        return torch.minimum(cost / (1 - DISCOUNT), (edge_cost + discount * self.value[near]).amin(1))


def _edge(
    start: Tensor, cost: Tensor, end: Tensor, macro_distance: float, visited_area: VisitedArea
) -> tuple[Tensor, Tensor]:
    """Returns the cost (*lead,) of going along edges, and the discount (*lead,) of the value at their end."""
    length = ((end - start).norm(dim=-1) / macro_distance).clamp_min(MIN_STEPS)
    discount = DISCOUNT ** expected_steps(visited_area.passability(start, end), length)
    return cost * (1 - discount) / (1 - DISCOUNT), discount


def expected_steps(chance: Tensor, length: Tensor | float = 1.0) -> Tensor:
    """Returns the expected number of macro-steps of an edge.

    Whether an edge is passable shows at the next plan, a macro-step later; until then the body repeats it.

    Args:
        chance: Probability that the edge is passable.
        length: Its length in macro-steps.
    """
    return ((length + 1.0 - chance) / chance.clamp_min(1e-3)).clamp_max(MAX_STEPS)
