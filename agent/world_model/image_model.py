"""Image encoder, and the world model that predicts image tokens."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures, SceneContext, vitals_in
from agent.perception.encoder import PLANAR, THING_POSE, Senses, TokenEncoder
from agent.world_model.ensemble_mlp import EnsembleMLP
from agent.world_model.regularizers import inverse_dynamics_net, regularize_rows
from agent.world_model.vitals_head import VitalsHead
from agent.world_model.world_model import WorldModel

PATCH = 6  # pixels
WIDTH_FACTOR = 2  # width of the image net in widths of the other nets: an image has many latents
REGULARIZER_SCALE = 100.0  # of image latents: their prediction loss pulls them together harder than that of tokens
POSE_SCALE = 30.0  # of the error of reading the pose: with less, it is lost beside the regulariser
FEATURES = 128
MIN_ROOM_EXTENT = 0.1  # half the width of a room (m) before any of it was seen


class ImageEncoder(nn.Module):
    """A small convolutional encoder of images; its last layers are not convolutions and know positions.

    Args:
        tokens: Number of tokens of an image, M.
        size: Size of each token, Z.
        side: Width and height of an image (pixels).
        width: Channels of the first layer.
    """

    def __init__(self, tokens: int, size: int, side: int, width: int = 24) -> None:
        super().__init__()
        self.tokens, self.size = tokens, size
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, PATCH, stride=PATCH),  # small patches are cheap, and a toy at 2 m is as large
            nn.SiLU(),
            nn.Conv2d(width, width + 8, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Flatten(),
        )
        with torch.no_grad():
            features = self.layers(torch.zeros(1, 3, side, side)).shape[1]
        # The pose of the body is no linear function of edges and colors.
        self.last = nn.Sequential(nn.Linear(features, FEATURES), nn.SiLU(), nn.Linear(FEATURES, tokens * size))

    def forward(self, images: Tensor) -> Tensor:
        """Returns tokens (*lead, M, Z) of images (*lead, side, side, 3), uint8."""
        lead = images.shape[:-3]
        scaled = images.reshape(-1, *images.shape[-3:]).permute(0, 3, 1, 2).float()
        scaled = scaled.mul_(1.0 / 255.0).sub_(0.5)  # in place: images are large
        tokens: Tensor = self.last(self.layers(scaled))
        return tokens.view(*lead, self.tokens, self.size)


class ImageTokenEncoder(TokenEncoder):
    """Encodes senses that include an image; the image's tokens come after those of body and things.

    All numbers of an image token are learned: it has no pose. Where the world has no sense of things, the image is all
    that a mind knows of its surroundings, and is among the body's own features.

    Args:
        tokens: Number of tokens of an image, M.
        side: Width and height of an image (pixels).
        things: Whether things are sensed as well.
        **options: Arguments of `TokenEncoder`.
    """

    def __init__(self, tokens: int, side: int, things: bool, **options: Any) -> None:
        super().__init__(**options)
        self.image_encoder = ImageEncoder(tokens, self.token_size, side)
        self.image_latents = tokens * self.token_size
        self.image_only = not things
        self.image_features = self.image_latents if self.image_only else 0

    def encode_image(self, senses: Senses) -> Tensor:
        """Returns the tokens of the image (*lead, M, Z)."""
        tokens: Tensor = self.image_encoder(senses["eye"])
        return tokens

    def decode(self, latent: Tensor, senses: Senses, attended: Tensor) -> Senses:
        """See `TokenEncoder`; images are imagined as tokens and not decoded."""
        return super().decode(latent[..., : 1 + attended.shape[-1], :], senses, attended)


class ImageWorldModel(WorldModel):
    """A world model that also predicts the next image, as latent tokens, by the same loss.

    Each member predicts the image's tokens from themselves, the body and the action. Where things are sensed as well,
    image tokens are no input of the nets of things: whatever widens that input costs curiosity.

    Source: as of `WorldModel`; images after Sobal et al. 2022, arXiv 2211.10831 (VICReg with inverse dynamics), but
    the regulariser takes all tokens of an image as one row, so that no two of them carry the same, and the pose that
    the body senses is read from them by a linear map.

    Args:
        perception: Encoder of senses with an image.
        actions: Size of an action.
        members: Number of members, E.
        hidden: Width of the other nets.
    """

    perception: ImageTokenEncoder

    def __init__(self, perception: ImageTokenEncoder, actions: int, members: int, hidden: int) -> None:
        super().__init__(perception, actions, members, hidden)
        if not perception.image_only:  # the error of a thing would count twice: its own, and in the image
            self.surprise_end = -perception.image_encoder.tokens
        size, wide = perception.image_latents, WIDTH_FACTOR * hidden
        inputs = self.own_size + actions + (0 if perception.image_only else size)
        self.image_net = EnsembleMLP(members, (inputs, wide, wide, size))
        self.image_inverse = inverse_dynamics_net(2 * size, actions)
        self.pose_readout = nn.Linear(size, 4)

    def _vitals_net(self, features: int) -> nn.Module:
        p = self.perception
        if p.image_only and p.vitals_size:
            return VitalsHead(p.vitals_size, p.image_latents)
        return super()._vitals_net(features)

    @property
    def dynamics_parameters(self) -> list[nn.Parameter]:
        """See `EnsembleDynamics`."""
        return [*super().dynamics_parameters, *self.image_net.parameters()]

    def encode(self, senses: Senses, attended: Tensor | None = None) -> Tensor:
        """See `EnsembleDynamics`; the image's tokens come last."""
        return torch.cat([super().encode(senses, attended), self.perception.encode_image(senses)], -2)

    def ego_features(self, latent: Tensor, context: SceneContext) -> EgoFeatures:
        """See `EnsembleDynamics`."""
        n = 1 + context.appearance.shape[-2]
        ego = super().ego_features(latent[:, :n], context)
        if not self.perception.image_only:
            return ego
        return ego._replace(own=torch.cat([ego.own, latent[:, n:].flatten(1)], -1))

    def forward(self, latent: Tensor, action: Tensor, ego: EgoFeatures, z: Tensor | None = None) -> Tensor:
        """See `EnsembleDynamics`; this model has no stochastic latent."""
        n = 1 + ego.pair.shape[1]
        image = latent[:, n:]
        inputs = [ego.own, action] if self.perception.image_only else [ego.own, action, image.flatten(1)]
        change = self.image_net(torch.cat(inputs, -1).expand(self.image_net.members, -1, -1))
        next_image = image + change.view(-1, *image.shape)
        return torch.cat([super().forward(latent[:, :n], action, ego), next_image], 2)

    def _vitals(self, ego: EgoFeatures, step: Tensor) -> Tensor:
        p = self.perception
        if not p.image_only or not p.vitals_size:
            return super()._vitals(ego, step)
        change: Tensor = self.vitals_net(vitals_in(p, ego), ego.own[:, None, -p.image_features :])
        return change.unsqueeze(1).expand(self.pair_net.members, -1, -1, -1)

    def loss_by_part(self, squared_error: Tensor) -> dict[str, Tensor]:
        """See `WorldModel`; ``image`` is the error of the image's tokens."""
        pose_size = self.perception.pose_size
        n = squared_error.shape[2] - self.perception.image_encoder.tokens
        losses = {"body": squared_error[:, :, 0, :pose_size].mean(), "image": squared_error[:, :, n:].mean()}
        if n > 1:
            losses["things"] = squared_error[:, :, 1:n, :THING_POSE].mean()
        if self.perception.latent_size:
            losses["latent"] = squared_error[:, :, :n, pose_size:].mean()
        return losses

    def representation_losses(
        self, latent: Tensor, after: Tensor, action: Tensor, touch: Tensor, method: str, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """See `WorldModel`; ``pose`` is the error of the pose that is read from the image's tokens."""
        n = latent.shape[1] - self.perception.image_encoder.tokens
        losses = super().representation_losses(latent[:, :n], after[:, :n], action, touch, method, generator)
        image, next_image = latent[:, n:].flatten(1), after[:, n:].flatten(1)
        collapse = regularize_rows(method, image, next_image, generator)
        losses["regularizer"] = losses["regularizer"] + REGULARIZER_SCALE * collapse
        found_action = self.image_inverse(torch.cat([image, next_image], -1))
        losses["inverse"] = losses["inverse"] + REGULARIZER_SCALE * ((found_action - action) ** 2).mean()
        losses["pose"] = POSE_SCALE * ((self.pose_readout(image) - self.pose(latent[:, 0])) ** 2).mean()
        return losses

    def pose(self, body: Tensor) -> Tensor:
        """Returns the sensed poses of bodies, the targets of `pose_readout`.

        Args:
            body: (B, Z) tokens of the body.

        Returns:
            (B, 4): position in the room, from -1 to 1 on each axis, and heading as cosine and sine.
        """
        p = self.perception
        planar = (body[:, :PLANAR] * p.typical_change[0, :PLANAR]).detach()
        half_width = (0.5 * (p.room_high - p.room_low)).clamp_min(MIN_ROOM_EXTENT)
        center = 0.5 * (p.room_low + p.room_high)
        return torch.cat([(planar[:, :2] - center) / half_width, planar[:, 4:]], -1)
