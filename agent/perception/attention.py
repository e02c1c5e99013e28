"""What the executive looks for: which things there are to attend to, and which of their tokens are picked."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception.encoder import Senses
from housecat.core.obs_layout import BODY, THINGS

MOVING = 1.0  # seconds: a thing counts as nearer by how far it gets in this time
ABSENT = 100.0  # metres: a thing that is not there counts as farther by it


def relevance_distance(senses: Senses) -> Tensor:
    """Returns how far things are from mattering (m), (*lead, K): the distance to their rims, less if they move."""
    things, body = senses["things"], senses["body"]
    # To its rim, not its middle: a large hot plate is near before a small toy at the same place is.
    offset = things[..., THINGS.position_xy] - body[..., None, BODY.position]
    distance = offset.norm(dim=-1) - things[..., THINGS.radius]
    speed, absent = things[..., THINGS.velocity_xy].norm(dim=-1), things[..., THINGS.present] < 0.5
    far: Tensor = distance - MOVING * speed + ABSENT * absent
    return far


def nearest(relevance_distance: Tensor, k: int) -> Tensor:
    """Returns the k indices of the least of (*lead, K), the least first; all of them when there are fewer."""
    return torch.sort(relevance_distance, dim=-1, stable=True).indices[..., : min(k, relevance_distance.shape[-1])]


def select_things(senses: Senses, k: int) -> Tensor:
    """Chooses the things that matter most: near the body, or moving.

    Args:
        senses: Without or with leading shape.
        k: How many; all of them when there are fewer.

    Returns:
        (*lead, k) indices, the most relevant first.
    """
    return nearest(relevance_distance(senses), k)


def gather(values: Tensor, attended: Tensor) -> Tensor:
    """Picks rows of (*lead, K, F) by indices (*lead, k)."""
    return values.gather(-2, attended.unsqueeze(-1).expand(*attended.shape, values.shape[-1]))


def tokens(latent: Tensor, attended: Tensor) -> Tensor:
    """Picks the body's token and those of attended things (*lead, k) from latents (*lead, 1 + K, Z)."""
    return torch.cat([latent[..., :1, :], gather(latent[..., 1:, :], attended)], -2)
