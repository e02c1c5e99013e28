"""The executive: what to attend to."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception import THING, Senses

MOVING = 1.0  # seconds: a thing counts as nearer by how far it gets in this time


def attend(senses: Senses, k: int) -> Tensor:
    """Chooses the things that matter most: near the body, or moving.

    Args:
        senses: Without or with leading shape.
        k: How many; all of them when there are fewer.

    Returns:
        (*lead, k) indices, the most relevant first.
    """
    things, body = senses["things"], senses["body"]
    # To its rim, not its middle: a large hot plate is near before a small toy at the same place is.
    distance = (things[..., :2] - body[..., None, :2]).norm(dim=-1) - things[..., THING]
    relevance = distance - MOVING * things[..., 3:5].norm(dim=-1) + 100.0 * (things[..., -1] < 0.5)
    return torch.sort(relevance, dim=-1, stable=True).indices[..., : min(k, things.shape[-2])]


def gather(values: Tensor, attended: Tensor) -> Tensor:
    """Picks rows of (*lead, K, F) by indices (*lead, k)."""
    return values.gather(-2, attended.unsqueeze(-1).expand(*attended.shape, values.shape[-1]))


def tokens(latent: Tensor, attended: Tensor) -> Tensor:
    """Picks the body's token and those of attended things (*lead, k) from latents (*lead, 1 + K, Z)."""
    return torch.cat([latent[..., :1, :], gather(latent[..., 1:, :], attended)], -2)
