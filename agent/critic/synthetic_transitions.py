"""What a remembered moment would have led to somewhere else: what the critic learns from beside what was lived."""

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

AROUND = 1.5  # metres from a thing within which one imagines to be


def move_body(senses: Senses, low: Tensor, high: Tensor, generator: torch.Generator) -> Senses:
    """Puts the body near a thing, any of those that are there, and turns it with the way it goes.

    Args:
        senses: By name, (B, ...); they stay as they are.
        low: (2,) where the room ends on two sides (m).
        high: (2,) where it ends on the others.
        generator: Random numbers.

    Returns:
        The same senses with another pose of the body.
    """
    body, things = senses["body"].clone(), senses["things"]
    n = len(body)
    there = (things[..., THINGS.present] > 0.5).float()
    near = torch.multinomial(there + 1e-6, 1, generator=generator)[:, 0]
    way = torch.rand(n, 3, generator=generator) * torch.tensor([1.0, 2.0 * math.pi, 2.0 * math.pi])
    offset = torch.polar(AROUND * way[:, 0].sqrt(), way[:, 1])  # even over the disc
    at = things[torch.arange(n), near, THINGS.position_xy] + torch.view_as_real(offset)
    body[:, BODY.position] = torch.minimum(torch.maximum(at, low), high)
    turn = torch.polar(torch.ones(n), way[:, 2])
    for real, imaginary in ((BODY.cos_heading, BODY.sin_heading), (BODY.vx, BODY.vy)):
        turned = torch.complex(body[:, real], body[:, imaginary]) * turn
        body[:, real], body[:, imaginary] = turned.real, turned.imag
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
    """Imagines to have done what was done, but somewhere else.

    A mind that avoids what hurts is not hurt, and forgets what to fear. Imagined is a body that goes on as it does in
    life and minds nothing; what it meets is what a mind has to fear where it does not look out.

    Source: ours. Imagined transitions beside lived ones are Dyna's (Sutton 1991, SIGART Bulletin 2, 160-163); that
    they may begin anywhere needs a latent in which the whereabouts are explicit.

    Args:
        model: That imagines.
        mixture: That says what it costs.
        drives: Names of the costs wanted.
        senses: Remembered, by name (B, ...).
        action: (B, A) done then.
        k: Things attended.
        generator: Random numbers.

    Returns:
        What is seen before and after, and the costs (B, drives).
    """
    p, n = model.perception, len(action)
    there = move_body(senses, p.room_low, p.room_high, generator)
    attended = select_things(there, k)
    latent = model.encode({**there, "things": gather(there["things"], attended)})
    rollout = model.imagine(latent, action[None], there, attended)
    costs = mixture.costs(rollout.view(), mixture.begin((n,)), only=drives)
    seen = model.ego_features_of(rollout.latent.flatten(0, 1), gather(p.appearance(there), attended).repeat(2, 1, 1))
    before, after = (EgoFeatures(*half) for half in zip(*(part.chunk(2) for part in seen), strict=True))
    cost = torch.stack([costs[name][0] for name in drives], -1)
    return before, after, torch.nan_to_num(cost, 0.0, 0.0, 0.0)
