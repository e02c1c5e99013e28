"""Costs of imagined paths whose steps may fail."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.actor.hierarchy.landmark_graph import DISCOUNT, expected_steps
from agent.actor.hierarchy.visited_area import VisitedArea
from agent.world_model.rollout import Rollout


def prepend_stay(path: Rollout) -> Rollout:
    """Returns a path with a step of staying in place before it."""

    def longer(tensor: Tensor, step: int = 0) -> Tensor:
        return torch.cat([tensor.narrow(step, 0, 1), tensor], step)

    senses = {name: longer(sense) for name, sense in path.senses.items()}
    return Rollout(longer(path.latent), longer(path.action), longer(path.mean, 1), senses, path.attended, path.imagined)


def expected_path_cost(cost: Tensor, chance: Tensor, beyond: Tensor) -> Tensor:
    """Returns the expected discounted cost of plans (B,), in which a step that fails is repeated until it succeeds.

    Args:
        cost: (T + 1, B) costs of staying in place, and of the imagined steps.
        chance: (T, B) probability that each step succeeds at once.
        beyond: (B,) discounted cost after the last step.
    """
    wait = expected_steps(chance) - 1.0
    begins = torch.cat([torch.zeros_like(wait[:1]), (wait + 1.0).cumsum(0)])  # (T + 1, B) in macro-steps
    waited = cost[:-1] * (1 - DISCOUNT**wait) / (1 - DISCOUNT)
    paid = DISCOUNT ** begins[:-1] * waited + DISCOUNT ** (begins[1:] - 1.0) * cost[1:]
    return paid.sum(0) + DISCOUNT ** begins[-1] * beyond


def subgoal_distance(latent: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
    """Returns the weighted distance of the body from the subgoals, (T, B).

    Args:
        latent: (T, B, 1 + k, Z) tokens.
        goal: (T, 1 + k, Z) tokens of the subgoals.
        weight: (pose_size,) weights of squared differences.
    """
    difference = (latent[:, :, 0] - goal[:, None, 0])[..., : len(weight)]
    return (difference.square() * weight).sum(-1).clamp_min(1e-12).sqrt()


def blocked_path_cost(cost: Tensor, position: Tensor, visited_area: VisitedArea) -> Tensor:
    """Returns costs (T, B) of paths that stop where they leave the visited area.

    The first level's world model does not know positions, and would go straight through obstacles that are only felt.
    Paths that begin outside the visited area do not stop.

    Args:
        cost: (T + 1, B) costs at the beginning of the paths, and after each step.
        position: (T + 1, B, 2) positions of the body (m).
        visited_area: The visited area.
    """
    blocked = visited_area.contains(position[:-1]) * (1.0 - visited_area.passability(position[:-1], position[1:]))
    reached = torch.cat([torch.ones_like(blocked[:1]), (1.0 - blocked).cumprod(0)])
    stuck = ((reached[:-1] - reached[1:]) * cost[:-1]).cumsum(0)
    return stuck + reached[1:] * cost[1:]
