"""Synthetic transitions: imagined steps from elsewhere in the room, further training data of the critic."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from agent.perception.attention import gather, select_things
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import Senses
from agent.world_model.world_model import WorldModel
from housecat.core.obs_layout import BODY, THINGS
from intrinsic import Mixture

MAX_THING_DISTANCE = 1.5  # m: synthetic positions of the body are at most this far from a thing


def move_body(senses: Senses, low: Tensor, high: Tensor, generator: torch.Generator) -> Senses:
    """Moves the body to a random position near a random present thing, and rotates it together with its velocity.

    Args:
        senses: By name, (B, ...); they are not changed.
        low: (2,) lower bounds of the room in x and y (m).
        high: (2,) upper bounds (m).
        generator: Random numbers.

    Returns:
        The senses with another pose and velocity of the body.
    """
    body, things = senses["body"].clone(), senses["things"]
    n = len(body)
    present = (things[..., THINGS.present] > 0.5).float()
    near = torch.multinomial(present + 1e-6, 1, generator=generator)[:, 0]
    sample = torch.rand(n, 3, generator=generator) * torch.tensor([1.0, 2.0 * math.pi, 2.0 * math.pi])
    offset = torch.polar(MAX_THING_DISTANCE * sample[:, 0].sqrt(), sample[:, 1])  # uniform on the disc
    position = things[torch.arange(n), near, THINGS.position_xy] + torch.view_as_real(offset)
    body[:, BODY.position] = torch.minimum(torch.maximum(position, low), high)
    rotation = torch.polar(torch.ones(n), sample[:, 2])
    for real, imaginary in ((BODY.cos_heading, BODY.sin_heading), (BODY.vx, BODY.vy)):
        rotated = torch.complex(body[:, real], body[:, imaginary]) * rotation
        body[:, real], body[:, imaginary] = rotated.real, rotated.imag
    return {**senses, "body": body}


@torch.no_grad()
def synthetic_transitions(
    model: WorldModel,
    mixture: Mixture,
    drives: tuple[str, ...],
    senses: Senses,
    action: Tensor,
    k: int,
    generator: torch.Generator,
) -> tuple[EgoFeatures, EgoFeatures, Tensor]:
    """Imagines the actions of past transitions from other positions in the room.

    A mind that avoids what hurts is not hurt, and forgets to fear it. Here the body acts as it did in life, but does
    not avoid anything: the critic learns what that would cost.

    Source: ours. Imagined transitions beside real ones are Dyna's (Sutton 1991, SIGART Bulletin 2, 160-163); that
    they may start anywhere needs latents in which poses are explicit.

    Args:
        model: World model that imagines the step.
        mixture: Objectives, which say what the step costs.
        drives: Names of the costs that are returned.
        senses: Senses of past moments, by name (B, ...).
        action: (B, A) actions of these moments.
        k: Number of attended things.
        generator: Random numbers.

    Returns:
        Egocentric features before and after the step, and the costs (B, drives).
    """
    p, n = model.perception, len(action)
    moved = move_body(senses, p.room_low, p.room_high, generator)
    attended = select_things(moved, k)
    latent = model.encode({**moved, "things": gather(moved["things"], attended)})
    rollout = model.imagine(latent, action[None], moved, attended)
    costs = mixture.costs(rollout.view(), mixture.begin((n,)), only=drives)
    ego = model.ego_features_of(rollout.latent.flatten(0, 1), gather(p.appearance(moved), attended).repeat(2, 1, 1))
    before, after = (EgoFeatures(*half) for half in zip(*(part.chunk(2) for part in ego), strict=True))
    cost = torch.stack([costs[name][0] for name in drives], -1)
    return before, after, torch.nan_to_num(cost, 0.0, 0.0, 0.0)
