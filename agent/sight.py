"""How the body sees its surroundings: things beside it, in its own frame."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception import PLANE, THING, Perception

NEAR = 0.5  # metres within which geometry is seen finely
RIMS = (0.1, 0.4)  # metres over which it is seen that a rim is crossed
NEARNESS = 1 + len(RIMS)
GEOMETRY = THING + 4 + NEARNESS


class Sight(NamedTuple):
    """Tokens as the body sees them.

    Attributes:
        own: (B, own) the body's own features.
        pair: (B, k, pair) features of each pair of body and thing, in the body's frame: offset (m), velocity and
            heading in the plane, height and its rate, the offset once more and finely, the way to a wall near it,
            `nearness`; after these `GEOMETRY` features what it looks like, and its learned latent.
        facing: (B, 1) heading as a complex number of length one.
    """

    own: Tensor
    pair: Tensor
    facing: Tensor


def planar(vectors: Tensor) -> Tensor:
    """Sees vectors in the plane, (..., 2 n), as complex numbers (..., n): turning is then multiplying."""
    return torch.view_as_complex(vectors.reshape(*vectors.shape[:-1], vectors.shape[-1] // 2, 2))


def flat(numbers: Tensor) -> Tensor:
    """Undoes `planar`."""
    return torch.view_as_real(numbers).flatten(-2)


def see(perception: Perception, latent: Tensor, appearance: Tensor) -> Sight:
    """Sees tokens (B, 1 + k, Z) and what the things look like (B, k, features) from the body."""
    p = perception
    where = latent[..., : p.where] * p.scale(latent.shape[-2] - 1)
    body, things = where[:, 0], where[:, 1:, :THING]
    me, others = planar(body[:, :PLANE]), planar(things[..., :PLANE])  # (B, 3), (B, k, 3)
    facing = me[:, 2:3]
    turn = facing.conj()
    # Offsets are taken of positions alone, not of velocities and headings.
    origin = (me * me.new_tensor((1.0, 0.0, 0.0))).unsqueeze(1)
    seen = flat((others - origin) * turn.unsqueeze(1))
    offset = seen[..., :2]
    distance = offset.norm(dim=-1, keepdim=True)
    fine = offset * (2.0 / distance.clamp_min(NEAR))
    # No place in the room is among them: a plate that burns would be learnt as a place that burns.
    own = [flat(me[:, 1:2] * turn), body[:, PLANE:]]
    rims = nn.functional.pad(appearance[..., :1], (0, 0, 1, 0))
    walls = flat(planar(p.walls(where[..., :2], rims)) * turn.unsqueeze(1))  # (B, 1 + k, 2)
    pair = [seen, things[..., PLANE:], fine, walls[:, 1:], *nearness(distance, appearance), appearance]
    if p.what:
        own.append(latent[:, 0, p.where :])
        pair.append(latent[:, 1:, p.where :])
    own.append(walls[:, 0])
    return Sight(torch.cat(own, -1), torch.cat(pair, -1), facing)


def nearness(distance: Tensor, appearance: Tensor) -> tuple[Tensor, Tensor]:
    """Tells how near things are, by their distances (..., 1): to their middles (..., 1), and to their rims (..., 2)."""
    return torch.exp(distance / -NEAR), torch.tanh((distance - appearance[..., :1]) / distance.new_tensor(RIMS))
