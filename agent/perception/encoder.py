"""The encoder: from senses to latent tokens and back; token 0 is the body, the others are things.

A token is an explicit *pose* followed by a learned *latent*. The pose holds sensed position, heading and motion, each
divided by its typical change per step, so that a difference of one means "as much as usually changes". The latent is
encoded from everything else that is sensed about the token.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from housecat.core.obs_layout import BODY, THINGS, indices, keep

Senses = dict[str, Tensor]

# A pose begins with three vectors in the floor's plane: position, velocity, heading (cosine before sine). Then come
# scalars: proprioception and vitals of the body; height and vertical velocity of a thing.
BODY_POSE_COLUMNS = (*indices(BODY.position), *indices(BODY.velocity), BODY.cos_heading, BODY.sin_heading)
THING_POSE_COLUMNS = (
    *indices(THINGS.position_xy),
    *indices(THINGS.velocity_xy),
    THINGS.cos_heading,
    THINGS.sin_heading,
    THINGS.z,
    THINGS.vz,
)
PLANAR = len(BODY_POSE_COLUMNS)
THING_POSE = len(THING_POSE_COLUMNS)
# Indices into a body's pose that give the first columns of the sense `body`: the inverse of `BODY_POSE_COLUMNS`.
BODY_COLUMNS_FROM_POSE = [BODY_POSE_COLUMNS.index(column) for column in range(PLANAR)]
# Prior of the typical change per step: m, m/s, unit vector; then scalars of things (m, m/s).
PRIOR_PLANAR = (0.05, 0.05, 0.2, 0.2, 0.2, 0.2)
PRIOR_THING_POSE = (0.02, 0.02, 0.1, 0.1, 0.1, 0.1, 0.02, 0.1)
PRIOR_COUNT = 200.0  # steps that the prior counts as
HEAT_UNIT = 50.0  # temperatures (deg C) are divided by it, so that all vitals are of the order of one


class TokenEncoder(nn.Module):
    """Encodes senses into latent tokens.

    Attributes:
        pose_size: Numbers of a token's pose; the same for body and things, padded with zeros.
        latent_size: Learned numbers of a token.
        token_size: Numbers of a token, Z.
        image_features: Learned numbers of an image among the body's own features; 0 without an eye.

    Args:
        body: Size of the sense ``body``.
        vitals: Size of the sense ``vitals``.
        touch: Size of the sense ``touch``.
        appearance: Number of appearance features per thing, which follow its pose in the sense ``things``.
        latent_size: Number of learned dimensions per token.
        neighbor_features: Whether features of a thing include its neighbours, see
            `agent.perception.egocentric.neighbor_features`.
        hidden: Width of the hidden layers.
    """

    typical_change: Tensor
    min_change: Tensor
    count: Tensor
    room_low: Tensor
    room_high: Tensor
    image_features = 0

    def __init__(
        self,
        body: int,
        vitals: int,
        touch: int,
        appearance: int,
        latent_size: int,
        neighbor_features: bool = False,
        hidden: int = 64,
    ) -> None:
        super().__init__()
        self.body_size, self.vitals_size, self.touch_size = body, vitals, touch
        self.appearance_size, self.latent_size, self.neighbor_features = appearance, latent_size, neighbor_features
        self.pose_size = max(body + vitals, THING_POSE)
        self.pose_size += self.pose_size % 2  # even: consecutive pairs are read as vectors in the plane
        self.token_size = self.pose_size + latent_size
        prior = torch.full((2, self.pose_size), 0.1)
        prior[0, :PLANAR] = torch.tensor(PRIOR_PLANAR)
        prior[1, :THING_POSE] = torch.tensor(PRIOR_THING_POSE)
        self.register_buffer("typical_change", prior.clone())
        # Lower bound, so that a mind that has moved nothing yet does not scale up small vibrations.
        self.register_buffer("min_change", prior / 2, persistent=False)
        self.register_buffer("count", torch.tensor(PRIOR_COUNT))
        # The box (m) around everything that was ever seen, which stands in for the room's walls.
        self.register_buffer("room_low", torch.zeros(2))
        self.register_buffer("room_high", torch.zeros(2))
        if latent_size:
            self.body_encoder = nn.Sequential(
                nn.Linear(body - PLANAR + vitals + touch, hidden), nn.Hardswish(), nn.Linear(hidden, latent_size)
            )
            self.thing_encoder = nn.Sequential(
                nn.Linear(appearance, hidden), nn.Hardswish(), nn.Linear(hidden, latent_size)
            )

    def poses(self, senses: Senses) -> Tensor:
        """Returns the sensed poses (*lead, 1 + K, pose_size) in physical units, the body first."""
        body, vitals, things = senses["body"], senses["vitals"] / self._vital_units(senses["vitals"]), senses["things"]
        scalars = body[..., BODY.proprioception]
        own = torch.cat([body[..., list(BODY_POSE_COLUMNS)], scalars, vitals], -1)
        own = nn.functional.pad(own, (0, self.pose_size - own.shape[-1]))
        others = nn.functional.pad(things[..., list(THING_POSE_COLUMNS)], (0, self.pose_size - THING_POSE))
        return torch.cat([own.unsqueeze(-2), others], -2)

    def _vital_units(self, vitals: Tensor) -> Tensor:
        return vitals.new_tensor((1.0, 1.0, HEAT_UNIT)[: self.vitals_size])

    def forward(self, senses: Senses) -> Tensor:
        """Returns latent tokens (*lead, 1 + K, Z) of senses with leading shape *lead."""
        pose = self.poses(senses) / self.scale(senses["things"].shape[-2])
        if not self.latent_size:
            return pose
        internal = torch.cat(
            [
                senses["body"][..., BODY.proprioception],
                senses["vitals"] / self._vital_units(senses["vitals"]),
                torch.log1p(senses["touch"]),
            ],
            -1,
        )
        own = self.body_encoder(internal).unsqueeze(-2)
        learned = torch.cat([own, self.thing_encoder(self.appearance(senses))], -2)
        return torch.cat([pose, learned], -1)

    def appearance(self, senses: Senses) -> Tensor:
        """Returns the appearance of things (*lead, K, appearance): extent, color, shape, glow, presence."""
        return senses["things"][..., THINGS.appearance]

    @property
    def center_y(self) -> float:
        """The y (m) of the middle of the room as far as it was seen: mirrored there, walls stay where they are."""
        return 0.5 * float(self.room_low[1] + self.room_high[1])

    def positions(self, latent: Tensor) -> Tensor:
        """Returns the positions (*lead, 1 + k, 2) in m of tokens (*lead, 1 + k, Z)."""
        return latent[..., :2] * self.scale(latent.shape[-2] - 1)[:, :2]

    def scale(self, things: int) -> Tensor:
        """Returns the typical change per step of each number of the poses, (1 + things, pose_size)."""
        return torch.cat([self.typical_change[:1], self.typical_change[1:].expand(things, -1)], 0)

    @torch.no_grad()
    def update_statistics(self, before: Senses, after: Senses) -> None:
        """Updates the typical change per step, and the extent of the room, from a transition without leading shape."""
        things = after["things"][after["things"][:, THINGS.present] > 0.5]
        at, rim = things[:, THINGS.position_xy], things[:, keep(THINGS.radius)]
        self.room_high.copy_(torch.cat([at + rim, after["body"][None, BODY.position], self.room_high[None]]).amax(0))
        self.room_low.copy_(torch.cat([at - rim, after["body"][None, BODY.position], self.room_low[None]]).amin(0))
        moved = (self.poses(after) - self.poses(before)) ** 2  # (1 + K, where)
        square = torch.stack([moved[0], moved[1:].mean(0) if len(moved) > 1 else self.typical_change[1] ** 2])
        for i in range(0, PLANAR, 2):  # one scale per vector, so that turning a vector commutes with scaling it
            square[:, i : i + 2] = square[:, i : i + 2].mean(1, keepdim=True)
        self.count += 1
        mean = self.typical_change**2 + (square - self.typical_change**2) / self.count
        self.typical_change.copy_(torch.maximum(mean.sqrt(), self.min_change))

    def decode(self, latent: Tensor, senses: Senses, attended: Tensor) -> Senses:
        """Decodes latent tokens into the senses that their poses hold.

        Args:
            latent: (*lead, 1 + k, Z) tokens of the body and the attended things.
            senses: Senses without leading shape, or with the last dimension of *lead, from which everything that is
                not attended to is copied.
            attended: (k,) indices of the attended things, or (B, k) where B is the last of *lead.

        Returns:
            ``body``, ``vitals`` and ``things`` with leading shape *lead.
        """
        pose = latent[..., : self.pose_size] * self.scale(latent.shape[-2] - 1)
        own, others = pose[..., 0, :], pose[..., 1:, :THING_POSE]
        n = self.body_size
        body = torch.cat([own[..., BODY_COLUMNS_FROM_POSE], own[..., PLANAR:n]], -1)
        vitals = own[..., n : n + self.vitals_size]
        vitals = vitals * self._vital_units(vitals)
        things = senses["things"].expand(*latent.shape[:-2], -1, -1).clone()
        order = torch.tensor(THING_POSE_COLUMNS)
        if attended.dim() == 1:
            things[..., attended[:, None], order] = others
        else:
            row = torch.arange(len(attended))[:, None, None]
            things[..., row, attended[..., None], order] = others
        return {"body": body, "vitals": vitals, "things": things}
