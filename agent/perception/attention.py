"""Hard attention: selects the most relevant things, and the tokens of selected things."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception.encoder import Senses
from housecat.core.obs_layout import BODY, THINGS

LOOKAHEAD_TIME = 1.0  # s: a thing counts as nearer by the distance that it moves in this time
ABSENCE_PENALTY = 100.0  # m: an absent thing counts as farther by it


def relevance_distance(senses: Senses) -> Tensor:
    """Returns the distance (m) to the rims of things, less how far they move in a second, (*lead, K)."""
    things, body = senses["things"], senses["body"]
    # To the rim and not to the center: a large hot plate is nearer than a small toy at the same position.
    offset = things[..., THINGS.position_xy] - body[..., None, BODY.position]
    distance = offset.norm(dim=-1) - things[..., THINGS.radius]
    speed, absent = things[..., THINGS.velocity_xy].norm(dim=-1), things[..., THINGS.present] < 0.5
    relevance: Tensor = distance - LOOKAHEAD_TIME * speed + ABSENCE_PENALTY * absent
    return relevance


def smallest(values: Tensor, k: int) -> Tensor:
    """Returns the indices (*lead, k) of the k smallest values (*lead, K), in ascending order; of all if K < k."""
    return torch.sort(values, dim=-1, stable=True).indices[..., : min(k, values.shape[-1])]


def select_things(senses: Senses, k: int) -> Tensor:
    """Selects the most relevant things, which are near the body, or moving.

    Args:
        senses: Senses, with any leading shape.
        k: Number of things; all are selected if there are fewer.

    Returns:
        Indices (*lead, k), the most relevant first.
    """
    return smallest(relevance_distance(senses), k)


def gather(values: Tensor, attended: Tensor) -> Tensor:
    """Returns the rows (*lead, k, F) of values (*lead, K, F) with indices (*lead, k)."""
    return values.gather(-2, attended.unsqueeze(-1).expand(*attended.shape, values.shape[-1]))


def select_tokens(latent: Tensor, attended: Tensor) -> Tensor:
    """Returns the body's token and those of attended things (*lead, k), (*lead, 1 + k, Z), of (*lead, 1 + K, Z)."""
    return torch.cat([latent[..., :1, :], gather(latent[..., 1:, :], attended)], -2)
