"""Egocentric features: body, things and walls in the frame of the body."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.encoder import PLANAR, THING_POSE, TokenEncoder
from housecat.core.obs_layout import THINGS, column_in, keep

CLOSE_DISTANCE = 0.5  # m: distances are compared with it, and offsets below it are magnified
WALL_DISTANCE = 0.3  # m: the proximity of a wall falls by e over it
NEIGHBOR_DISTANCE = 0.15  # m between two things' rims: the weight of a neighbour falls by e over it
RIM_WIDTHS = (0.1, 0.4)  # m: widths of the tanh features of the distance to a thing's radius
PROXIMITY_SIZE = 1 + len(RIM_WIDTHS)
# Columns of a thing's appearance.
RADIUS = keep(column_in(THINGS.radius, THINGS.appearance))
PRESENT = column_in(THINGS.present, THINGS.appearance)
PAIR_GEOMETRY_SIZE = THING_POSE + 4 + PROXIMITY_SIZE
NEIGHBOR_SIZE = 4  # features of a thing's neighbours, before their appearance


class SceneContext(NamedTuple):
    """What does not change during a rollout: computed once for all of its steps.

    Attributes:
        typical_change: (1 + k, pose_size) typical change per step of each number of the poses.
        appearance: (B, k, features) of the things.
        radius: (B, 1 + k, 1) radii of the tokens (m), 0 for the body.
        room_edge: (4,) negative distances (m) from the origin to the four sides of the room.
        position_mask: (4,) one for the position, zero for velocity, heading, and the vector to a wall.
    """

    typical_change: Tensor
    appearance: Tensor
    radius: Tensor
    room_edge: Tensor
    position_mask: Tensor


class EgoFeatures(NamedTuple):
    """Tokens in the frame of the body.

    Attributes:
        own: (B, own) features of the body itself, see `body_feature_size`.
        pair: (B, k, pair) features of each pair of body and thing, in the body's frame: offset (m), velocity and
            heading in the plane, height and vertical velocity, the offset magnified near the body, the vector to a
            wall near the thing, `proximity_features`; after these `PAIR_GEOMETRY_SIZE` features the thing's
            appearance, its learned latent, and `neighbor_features`.
        facing: (B, 1) heading of the body as a complex number of length one.
    """

    own: Tensor
    pair: Tensor
    facing: Tensor


def to_complex(vectors: Tensor) -> Tensor:
    """Views vectors in the plane, (..., 2 n), as complex numbers (..., n): rotating them is multiplying them."""
    vectors = vectors.contiguous()  # a slice of rows of odd length cannot be viewed as complex numbers
    return torch.view_as_complex(vectors.view(*vectors.shape[:-1], vectors.shape[-1] // 2, 2))


def from_complex(numbers: Tensor) -> Tensor:
    """Views complex numbers (..., n) as vectors in the plane, (..., 2 n); the inverse of `to_complex`."""
    return torch.view_as_real(numbers).flatten(-2)


def body_feature_size(perception: TokenEncoder) -> int:
    """Returns the number of the body's own features: velocity, scalars, learned latent, vector to a wall, image."""
    return 2 + perception.pose_size - PLANAR + perception.latent_size + 2 + perception.image_features


def pair_feature_size(perception: TokenEncoder) -> int:
    """Returns the number of features of a pair of body and thing."""
    appearance = perception.appearance_size
    neighbors = NEIGHBOR_SIZE + appearance if perception.neighbor_features else 0
    return PAIR_GEOMETRY_SIZE + appearance + perception.latent_size + neighbors


def vitals_in(perception: TokenEncoder, ego: EgoFeatures) -> Tensor:
    """Returns the vitals (B, V) among the body's own features."""
    first = 2 + perception.body_size - PLANAR
    return ego.own[:, first : first + perception.vitals_size]


def appearance_in(perception: TokenEncoder, ego: EgoFeatures) -> Tensor:
    """Returns the appearance of things (B, k, features) among the pairs' features."""
    return ego.pair[..., PAIR_GEOMETRY_SIZE : PAIR_GEOMETRY_SIZE + perception.appearance_size]


def scene_context(perception: TokenEncoder, appearance: Tensor) -> SceneContext:
    """Returns the context of rollouts with things of an appearance (B, k, features)."""
    p = perception
    return SceneContext(
        p.scale(appearance.shape[-2]),
        appearance,
        nn.functional.pad(appearance[..., RADIUS], (0, 0, 1, 0)),
        torch.cat([-p.room_high, p.room_low]),
        appearance.new_tensor((1.0, 0.0, 0.0, 0.0)),
    )


def ego_features(perception: TokenEncoder, latent: Tensor, context: SceneContext) -> EgoFeatures:
    """Returns the features of tokens (B, 1 + k, Z) in the body's frame."""
    p = perception
    pose = latent[..., : p.pose_size] * context.typical_change
    walls = wall_proximity(pose[..., :2], context)
    plane = to_complex(torch.cat([pose[..., :PLANAR], walls], -1))  # (B, 1 + k, 4)
    facing = plane[:, :1, 2]
    # Only positions are relative to the body; velocities, headings and vectors to walls are not.
    turned = from_complex((plane - plane[:, :1] * context.position_mask) * facing.conj().unsqueeze(1))
    seen, walls = turned[:, 1:, :PLANAR], turned[..., PLANAR:]
    offset = seen[..., :2]
    distance = offset.norm(dim=-1, keepdim=True)
    fine = offset * (2.0 / distance.clamp_min(CLOSE_DISTANCE))
    proximity = proximity_features(distance, context.radius[:, 1:])
    # No absolute position is among them: a hot plate would be learnt as a hot place.
    own = [turned[:, 0, 2:4], pose[:, 0, PLANAR:]]
    pair = [seen, pose[:, 1:, PLANAR:THING_POSE], fine, walls[:, 1:], *proximity, context.appearance]
    if p.latent_size:
        own.append(latent[:, 0, p.pose_size :])
        pair.append(latent[:, 1:, p.pose_size :])
    if p.neighbor_features:
        pair += neighbor_features(offset, seen[..., 2:4], context)
    own.append(walls[:, 0])
    return EgoFeatures(torch.cat(own, -1), torch.cat(pair, -1), facing)


def wall_proximity(position: Tensor, context: SceneContext) -> Tensor:
    """Returns vectors (B, 1 + k, 2) from positions (B, 1 + k, 2) to the nearest walls, of length one at a wall."""
    beyond = torch.cat([position, -position], -1) + context.radius + context.room_edge
    near = torch.exp(beyond.clamp_max(0.0) * (1.0 / WALL_DISTANCE))
    return near[..., :2] - near[..., 2:]


def neighbor_features(offset: Tensor, velocity: Tensor, context: SceneContext) -> tuple[Tensor, Tensor, Tensor]:
    """Returns features of the things around each thing, which may block its motion.

    Args:
        offset: (B, k, 2) positions of the things in the body's frame (m).
        velocity: (B, k, 2) their velocities in that frame.
        context: The things' appearance and radii.

    Returns:
        A vector to the neighbours (B, k, 2), of length one where they touch; their velocity relative to the thing
        (B, k, 2); and their appearance (B, k, features). Each is a sum over the other things, weighted by proximity.
    """
    radius, appearance = context.radius[:, 1:], context.appearance
    between = offset.unsqueeze(1) - offset.unsqueeze(2)  # (B, k, k, 2), from each to each
    distance = (between.square().sum(-1) + 1e-6).sqrt()  # of a thing to itself, too: the root has no gradient at 0
    gap = (distance - radius - radius.transpose(1, 2)).clamp_min(0.0)
    others = appearance[..., PRESENT].unsqueeze(1) * (
        1.0 - torch.eye(gap.shape[-1], device=gap.device)
    )  # absent things have no weight
    near = torch.exp(gap * (-1.0 / NEIGHBOR_DISTANCE)) * others
    relative_velocity = near @ velocity - near.sum(-1, keepdim=True) * velocity
    return ((near / distance).unsqueeze(-1) * between).sum(2), relative_velocity, near @ appearance


def proximity_features(distance: Tensor, radius: Tensor) -> tuple[Tensor, ...]:
    """Returns how near things are, to their centers and to their rims.

    Args:
        distance: (..., 1) distances to their centers (m).
        radius: (..., 1) their radii (m).

    Returns:
        `PROXIMITY_SIZE` features, each (..., 1).
    """
    beyond_rim = distance - radius
    return (torch.exp(distance / -CLOSE_DISTANCE), *(torch.tanh(beyond_rim / width) for width in RIM_WIDTHS))
