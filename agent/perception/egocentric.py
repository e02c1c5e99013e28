"""How the body sees its surroundings: things beside it, in its own frame."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.encoder import PLANE, THING, TokenEncoder
from housecat.core.obs_layout import THINGS, column_in, keep

NEAR = 0.5  # metres within which geometry is seen finely
EDGE = 0.3  # metres within which the room's edge is seen
BESIDE = 0.15  # metres between two things' rims within which they are seen to be beside each other
RIMS = (0.1, 0.4)  # metres over which it is seen that a rim is crossed
NEARNESS = 1 + len(RIMS)
# Columns of what things look like.
RADIUS = keep(column_in(THINGS.radius, THINGS.appearance))
PRESENT = column_in(THINGS.present, THINGS.appearance)
GEOMETRY = THING + 4 + NEARNESS
COMPANY = 4  # features of what is beside a thing, before what it looks like


class SceneContext(NamedTuple):
    """What stays as it is however far ahead one looks: worked out once for all steps of a plan.

    Attributes:
        scale: (1 + k, where) typical change per step of each where.
        appearance: (B, k, features) what the things look like.
        rim: (B, 1 + k, 1) half widths of the tokens (m), 0 for the body.
        edge: (4,) how far from the origin the room ends (m), on four sides, negative.
        origin: (4,) one for a position, zero for velocity, heading, and the way to a wall.
    """

    scale: Tensor
    appearance: Tensor
    rim: Tensor
    edge: Tensor
    origin: Tensor


class EgoFeatures(NamedTuple):
    """Tokens as the body sees them.

    Attributes:
        own: (B, own) the body's own features.
        pair: (B, k, pair) features of each pair of body and thing, in the body's frame: offset (m), velocity and
            heading in the plane, height and its rate, the offset once more and finely, the way to a wall near it,
            `nearness`; after these `GEOMETRY` features what it looks like, its learned latent, and `neighbor_features`.
        facing: (B, 1) heading as a complex number of length one.
    """

    own: Tensor
    pair: Tensor
    facing: Tensor


def planar(vectors: Tensor) -> Tensor:
    """Sees vectors in the plane, (..., 2 n), as complex numbers (..., n): turning is then multiplying."""
    vectors = vectors.contiguous()  # part of a row of odd length cannot be seen as such numbers where it is
    return torch.view_as_complex(vectors.view(*vectors.shape[:-1], vectors.shape[-1] // 2, 2))


def flat(numbers: Tensor) -> Tensor:
    """Undoes `planar`."""
    return torch.view_as_real(numbers).flatten(-2)


def own_size(perception: TokenEncoder) -> int:
    """Returns how many features the body has of its own: velocity, scalars, learned latent, way to a wall, picture."""
    return 2 + perception.where - PLANE + perception.what + 2 + perception.seen


def pair_size(perception: TokenEncoder) -> int:
    """Returns how many features a pair of body and thing has."""
    looks = perception.appearance_size
    return GEOMETRY + looks + perception.what + (COMPANY + looks if perception.beside else 0)


def vitals_in(perception: TokenEncoder, sight: EgoFeatures) -> Tensor:
    """Returns the vitals (B, V) among the body's own features."""
    first = 2 + perception.body_size - PLANE
    return sight.own[:, first : first + perception.vitals_size]


def appearance_in(perception: TokenEncoder, sight: EgoFeatures) -> Tensor:
    """Returns what things look like (B, k, features)."""
    return sight.pair[..., GEOMETRY : GEOMETRY + perception.appearance_size]


def scene_context(perception: TokenEncoder, appearance: Tensor) -> SceneContext:
    """Prepares to see things that look like `appearance` (B, k, features)."""
    p = perception
    return SceneContext(
        p.scale(appearance.shape[-2]),
        appearance,
        nn.functional.pad(appearance[..., RADIUS], (0, 0, 1, 0)),
        torch.cat([-p.high, p.low]),
        appearance.new_tensor((1.0, 0.0, 0.0, 0.0)),
    )


def see(perception: TokenEncoder, latent: Tensor, outlook: SceneContext) -> EgoFeatures:
    """Sees tokens (B, 1 + k, Z) from the body."""
    p = perception
    where = latent[..., : p.where] * outlook.scale
    walls = walls_near(where[..., :2], outlook)
    plane = planar(torch.cat([where[..., :PLANE], walls], -1))  # (B, 1 + k, 4)
    facing = plane[:, :1, 2]
    # Offsets are taken of positions alone, not of velocities, headings and ways to a wall.
    turned = flat((plane - plane[:, :1] * outlook.origin) * facing.conj().unsqueeze(1))
    seen, walls = turned[:, 1:, :PLANE], turned[..., PLANE:]
    offset = seen[..., :2]
    distance = offset.norm(dim=-1, keepdim=True)
    fine = offset * (2.0 / distance.clamp_min(NEAR))
    close = nearness(distance, outlook.rim[:, 1:])
    # No place in the room is among them: a plate that burns would be learnt as a place that burns.
    own = [turned[:, 0, 2:4], where[:, 0, PLANE:]]
    pair = [seen, where[:, 1:, PLANE:THING], fine, walls[:, 1:], *close, outlook.appearance]
    if p.what:
        own.append(latent[:, 0, p.where :])
        pair.append(latent[:, 1:, p.where :])
    if p.beside:
        pair += neighbor_features(offset, seen[..., 2:4], outlook)
    own.append(walls[:, 0])
    return EgoFeatures(torch.cat(own, -1), torch.cat(pair, -1), facing)


def walls_near(position: Tensor, outlook: SceneContext) -> Tensor:
    """Tells how near the room's edge is to places (B, 1 + k, 2): a vector to it (B, 1 + k, 2), one long at it."""
    beyond = torch.cat([position, -position], -1) + outlook.rim + outlook.edge
    near = torch.exp(beyond.clamp_max(0.0) * (1.0 / EDGE))
    return near[..., :2] - near[..., 2:]


def neighbor_features(offset: Tensor, velocity: Tensor, outlook: SceneContext) -> tuple[Tensor, Tensor, Tensor]:
    """Tells what lies beside things at offsets (B, k, 2) and with velocities (B, k, 2): it may be in their way.

    Returns:
        A vector to it (B, k, 2), one long where they touch; its velocity less the thing's (B, k, 2); and what it looks
        like (B, k, features). Each is a sum over the other things, the less the farther off they are.
    """
    rim, looks = outlook.rim[:, 1:], outlook.appearance
    way = offset.unsqueeze(1) - offset.unsqueeze(2)  # (B, k, k, 2), from each to each
    distance = (way.square().sum(-1) + 1e-6).sqrt()  # of a thing to itself, too, and a root has no slope at 0
    gap = (distance - rim - rim.transpose(1, 2)).clamp_min(0.0)
    others = looks[..., PRESENT].unsqueeze(1) * (
        1.0 - torch.eye(gap.shape[-1], device=gap.device)
    )  # without the absent
    near = torch.exp(gap * (-1.0 / BESIDE)) * others
    going = near @ velocity - near.sum(-1, keepdim=True) * velocity
    return ((near / distance).unsqueeze(-1) * way).sum(2), going, near @ looks


def nearness(distance: Tensor, rim: Tensor) -> tuple[Tensor, ...]:
    """Tells how near things are, by their distances and half widths (..., 1): to their middles, and to their rims."""
    past = distance - rim
    return (torch.exp(distance / -NEAR), *(torch.tanh(past / width) for width in RIMS))
