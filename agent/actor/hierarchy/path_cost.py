"""What imagined paths cost, where not every step of them is believed in."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.actor.hierarchy.landmark_graph import DISCOUNT, delay
from agent.actor.hierarchy.visited_area import Ground
from agent.world_model.rollout import Rollout


def lingering(path: Rollout) -> Rollout:
    """Returns a path that begins with a step of staying where one is."""

    def longer(tensor: Tensor, step: int = 0) -> Tensor:
        return torch.cat([tensor.narrow(step, 0, 1), tensor], step)

    senses = {name: longer(sense) for name, sense in path.senses.items()}
    return Rollout(longer(path.latent), longer(path.action), longer(path.mean, 1), senses, path.attended, path.imagined)


def believed(cost: Tensor, chance: Tensor, beyond: Tensor) -> Tensor:
    """Returns what plans will cost (B,), discounted, where a doubtful step is waited for at the place before it.

    Args:
        cost: (T + 1, B) of staying, and of the steps as imagined.
        chance: (T, B) that each comes about at once.
        beyond: (B,) discounted cost to come after the last.
    """
    wait = delay(chance) - 1.0
    begins = torch.cat([torch.zeros_like(wait[:1]), (wait + 1.0).cumsum(0)])  # (T + 1, B) in macro-steps
    waited = cost[:-1] * (1 - DISCOUNT**wait) / (1 - DISCOUNT)
    paid = DISCOUNT ** begins[:-1] * waited + DISCOUNT ** (begins[1:] - 1.0) * cost[1:]
    return paid.sum(0) + DISCOUNT ** begins[-1] * beyond


def distance(latent: Tensor, goal: Tensor, weight: Tensor) -> Tensor:
    """Returns how far the body is from where it should be, (T, B).

    Args:
        latent: (T, B, 1 + k, Z) tokens.
        goal: (T, 1 + k, Z) tokens to have.
        weight: (where,) of squared differences.
    """
    off = (latent[:, :, 0] - goal[:, None, 0])[..., : len(weight)]
    return (off.square() * weight).sum(-1).clamp_min(1e-12).sqrt()


def stopped(cost: Tensor, position: Tensor, ground: Ground) -> Tensor:
    """Returns costs (T, B) of paths that end where they leave the ground that was lived on.

    The first level does not know places, and would go straight through what is only felt. Whoever is on new ground
    has nothing to go by.

    Args:
        cost: (T + 1, B) of being where the paths begin, and after each step.
        position: (T + 1, B, 2) in m.
        ground: That was lived on.
    """
    doubt = ground.holds(position[:-1]) * (1.0 - ground.chance(position[:-1], position[1:]))
    through = torch.cat([torch.ones_like(doubt[:1]), (1.0 - doubt).cumprod(0)])
    stuck = ((through[:-1] - through[1:]) * cost[:-1]).cumsum(0)
    return stuck + through[1:] * cost[1:]
