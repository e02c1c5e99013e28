"""The eye: from pictures to a few latent tokens, and what a mind that sees predicts of them."""

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
WIDTH = 2  # times the width of the other nets: a picture's latents are many
WEIGHT = 100.0  # of what keeps a picture's latents apart: its prediction pulls them together harder than tokens'
POSE = 30.0  # of telling from a picture where one is: less is lost beside what keeps latents apart
FEATURES = 128
LEAST = 0.1  # half the width of a room (m), before it was seen


class ImageEncoder(nn.Module):
    """A small convolutional encoder of 84 x 84 pictures; its last layers see where in a picture things are.

    Args:
        tokens: How many tokens a picture becomes, M.
        size: Of each, Z.
        side: Of a picture (pixels).
        width: Channels of the first layer.
    """

    def __init__(self, tokens: int, size: int, side: int, width: int = 24) -> None:
        super().__init__()
        self.tokens, self.size = tokens, size
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, PATCH, stride=PATCH),  # small patches cost little, and a toy at 2 m is as large
            nn.SiLU(),
            nn.Conv2d(width, width + 8, 3, stride=2, padding=1),
            nn.SiLU(),
            nn.Flatten(),
        )
        with torch.no_grad():
            features = self.layers(torch.zeros(1, 3, side, side)).shape[1]
        # Where one is, is no linear function of edges and colours.
        self.last = nn.Sequential(nn.Linear(features, FEATURES), nn.SiLU(), nn.Linear(FEATURES, tokens * size))

    def forward(self, pictures: Tensor) -> Tensor:
        """Returns tokens (*lead, M, Z) of pictures (*lead, side, side, 3), uint8."""
        lead = pictures.shape[:-3]
        seen = pictures.reshape(-1, *pictures.shape[-3:]).permute(0, 3, 1, 2).float()
        seen = seen.mul_(1.0 / 255.0).sub_(0.5)  # in place: pictures are large
        tokens: Tensor = self.last(self.layers(seen))
        return tokens.view(*lead, self.tokens, self.size)


class ImageTokenEncoder(TokenEncoder):
    """Encodes senses of which one is a picture; the picture's tokens come after those of body and things.

    All numbers of such a token are learned: it has no whereabouts. Where the world tells of no things, the picture is
    all that a mind knows of its surroundings, and is among the body's own features.

    Args:
        tokens: That a picture becomes, M.
        side: Of a picture (pixels).
        things: Whether things are sensed as well.
        **options: Of `TokenEncoder`.
    """

    def __init__(self, tokens: int, side: int, things: bool, **options: Any) -> None:
        super().__init__(**options)
        self.retina = ImageEncoder(tokens, self.token_size, side)
        self.pictured = tokens * self.token_size
        self.alone = not things
        self.image_features = self.pictured if self.alone else 0

    def look(self, senses: Senses) -> Tensor:
        """Returns the picture's tokens (*lead, M, Z)."""
        tokens: Tensor = self.retina(senses["eye"])
        return tokens

    def decode(self, latent: Tensor, senses: Senses, attended: Tensor) -> Senses:
        """See `TokenEncoder`; pictures are imagined in latents alone."""
        return super().decode(latent[..., : 1 + attended.shape[-1], :], senses, attended)


class ImageWorldModel(WorldModel):
    """A world model that also predicts what will be seen, as latent tokens, by the same loss.

    Each member predicts the picture's tokens from themselves, the body and the action. Beside things they are told
    apart: what is seen is not among what things are predicted by, since whatever widens that input costs curiosity.

    Source: as of `WorldModel`; pictures after Sobal et al. 2022, arXiv 2211.10831 (VICReg with inverse dynamics), but
    the regulariser sees all tokens of a picture as one row, so that no two of them tell the same, and a linear map of
    them is to tell the pose that the body senses.

    Args:
        perception: Of one that sees.
        actions: Size of an action.
        members: E.
        hidden: Width of the other nets.
    """

    perception: ImageTokenEncoder

    def __init__(self, perception: ImageTokenEncoder, actions: int, members: int, hidden: int) -> None:
        super().__init__(perception, actions, members, hidden)
        self.told = None if perception.alone else -perception.retina.tokens  # what is seen of things counts but once
        size, wide = perception.pictured, WIDTH * hidden
        inputs = self.own_size + actions + (0 if perception.alone else size)
        self.eye_net = EnsembleMLP(members, (inputs, wide, wide, size))
        self.eye_inverse = inverse_dynamics_net(2 * size, actions)
        self.stand = nn.Linear(size, 4)

    def _vitals_net(self, near: int) -> nn.Module:
        p = self.perception
        return VitalsHead(p.vitals_size, p.pictured) if p.alone and p.vitals_size else super()._vitals_net(near)

    @property
    def predictor(self) -> list[nn.Parameter]:
        """See `WorldModel`."""
        return [*super().predictor, *self.eye_net.parameters()]

    def encode(self, senses: Senses, attended: Tensor | None = None) -> Tensor:
        """See `WorldModel`; the picture's tokens come last."""
        return torch.cat([super().encode(senses, attended), self.perception.look(senses)], -2)

    def see(self, latent: Tensor, context: SceneContext) -> EgoFeatures:
        """See `WorldModel`."""
        n = 1 + context.appearance.shape[-2]
        sight = super().see(latent[:, :n], context)
        if not self.perception.alone:
            return sight
        return sight._replace(own=torch.cat([sight.own, latent[:, n:].flatten(1)], -1))

    def forward(self, latent: Tensor, action: Tensor, sight: EgoFeatures, chance: Tensor | None = None) -> Tensor:
        """See `WorldModel`; a mind that sees leaves nothing to chance."""
        n = 1 + sight.pair.shape[1]
        pictured = latent[:, n:]
        known = [sight.own, action] if self.perception.alone else [sight.own, action, pictured.flatten(1)]
        change = self.eye_net(torch.cat(known, -1).expand(self.eye_net.members, -1, -1))
        seen = pictured + change.view(-1, *pictured.shape)
        return torch.cat([super().forward(latent[:, :n], action, sight), seen], 2)

    def _vitals(self, sight: EgoFeatures, step: Tensor) -> Tensor:
        p = self.perception
        if not p.alone or not p.vitals_size:
            return super()._vitals(sight, step)
        change: Tensor = self.vitals_net(vitals_in(p, sight), sight.own[:, None, -p.image_features :])
        return change.unsqueeze(1).expand(self.pair_net.members, -1, -1, -1)

    def errors(self, error: Tensor) -> dict[str, Tensor]:
        """See `WorldModel`."""
        where, n = self.perception.pose_size, error.shape[2] - self.perception.retina.tokens
        losses = {"body": error[:, :, 0, :where].mean(), "eye": error[:, :, n:].mean()}
        if n > 1:
            losses["things"] = error[:, :, 1:n, :THING_POSE].mean()
        if self.perception.latent_size:
            losses["what"] = error[:, :, :n, where:].mean()
        return losses

    def representation_losses(
        self, latent: Tensor, after: Tensor, action: Tensor, touch: Tensor, method: str, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """See `WorldModel`."""
        n = latent.shape[1] - self.perception.retina.tokens
        losses = super().representation_losses(latent[:, :n], after[:, :n], action, touch, method, generator)
        before, then = latent[:, n:].flatten(1), after[:, n:].flatten(1)
        losses["regularizer"] = losses["regularizer"] + WEIGHT * regularize_rows(method, before, then, generator)
        read = self.eye_inverse(torch.cat([before, then], -1))
        losses["inverse"] = losses["inverse"] + WEIGHT * ((read - action) ** 2).mean()
        losses["pose"] = POSE * ((self.stand(before) - self.pose(latent[:, 0])) ** 2).mean()
        return losses

    def pose(self, body: Tensor) -> Tensor:
        """Returns where in the room, from -1 to 1, and in which direction bodies (B, Z) are, (B, 4), as they sense it.

        It is a sense that is filled in from another: a body that sees what it feels learns to see where it is.
        """
        p = self.perception
        where = (body[:, :PLANAR] * p.typical_change[0, :PLANAR]).detach()
        half = (0.5 * (p.room_high - p.room_low)).clamp_min(LEAST)
        return torch.cat([(where[:, :2] - 0.5 * (p.room_low + p.room_high)) / half, where[:, 4:]], -1)
