"""Auxiliary prediction losses of the world model: backward in time, and of masked tokens from the others."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.egocentric import PAIR_GEOMETRY_SIZE, EgoFeatures
from agent.perception.encoder import TokenEncoder

HIDDEN = 64


class AuxiliaryLosses(nn.Module):
    """Predicts the learned latents of tokens backward in time, and those of a masked sense from the other senses.

    Poses are sensed and are not predicted here: a masked thing keeps its position relative to the body, and its learned
    latent is predicted. What is masked is drawn at random: what the body feels, one thing, or the image (one token of
    the image where there is nothing else).

    Source: prediction of any part of the input from any other, LeCun 2022, section 4.1; masking after Assran et al.
    2023, I-JEPA, arXiv 2301.08243, in latents and not in senses. We have no slowly following copy as a target: as
    everywhere in this mind, a regulariser keeps latents from collapsing.

    Args:
        perception: The encoder of the tokens.
        actions: Size of an action.
        image_tokens: Number of tokens of an image, M; 0 without an eye.
        image_only: Whether there is an image and no things.
    """

    def __init__(self, perception: TokenEncoder, actions: int, image_tokens: int, image_only: bool) -> None:
        super().__init__()
        self.perception, self.image_tokens, self.image_only = perception, image_tokens, image_only
        self.token_types = 2 + image_tokens
        size = perception.token_size + PAIR_GEOMETRY_SIZE + self.token_types
        latent_size = perception.token_size
        self.embed = nn.Sequential(nn.Linear(size, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, HIDDEN))
        self.masked_net = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, latent_size))
        self.backward_net = nn.Sequential(
            nn.Linear(2 * size + actions, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, latent_size)
        )

    def masked_loss(self, latent: Tensor, ego: EgoFeatures, generator: torch.Generator) -> Tensor:
        """Returns the mean squared error of predicting the masked ones of tokens (B, N, Z) from the others.

        Args:
            latent: (B, N, Z) tokens.
            ego: Egocentric features of the tokens.
            generator: Random numbers, for what is masked.
        """
        target, rest = self.without_pose(latent), [self._geometry(latent, ego), self._token_type(latent)]
        masked = self.sample_mask(latent, generator).unsqueeze(-1)
        visible = self.embed(torch.cat([target, *rest], -1))
        query = self.embed(torch.cat([torch.zeros_like(target), *rest], -1))
        context = (visible * (1.0 - masked)).sum(1, keepdim=True).expand_as(visible)
        error = (self.masked_net(torch.cat([context, query], -1)) - target) ** 2
        return self._mean(error * masked, masked)

    def backward_loss(self, latent: Tensor, after: Tensor, action: Tensor, ego: EgoFeatures) -> Tensor:
        """Returns the mean squared error of predicting tokens from those one step later.

        Args:
            latent: (B, N, Z) tokens before, the targets.
            after: (B, N, Z) tokens after.
            action: (B, A) the action between them.
            ego: Egocentric features of `after`.
        """
        token = torch.cat([self.without_pose(after), self._geometry(after, ego), self._token_type(after)], -1)
        body = token[:, :1].expand_as(token)
        inputs = torch.cat([token, body, action.unsqueeze(1).expand(-1, token.shape[1], -1)], -1)
        error = (self.backward_net(inputs) + self.without_pose(after) - self.without_pose(latent)) ** 2
        return self._mean(error, torch.ones_like(error[..., :1]))

    def without_pose(self, latent: Tensor) -> Tensor:
        """Returns tokens (B, N, Z) with zeros in place of the poses; tokens of an image have none."""
        n, p = latent.shape[1] - self.image_tokens, self.perception
        zeros = torch.zeros_like(latent[:, :n, : p.pose_size])
        return torch.cat([torch.cat([zeros, latent[:, :n, p.pose_size :]], -1), latent[:, n:]], 1)

    def sample_mask(self, latent: Tensor, generator: torch.Generator) -> Tensor:
        """Draws a mask (B, N) of tokens (B, N, Z): 1 where masked. One sense is masked in each row."""
        tokens = latent.shape[1]
        senses = tokens if self.image_only or not self.image_tokens else tokens - self.image_tokens + 1
        masked = torch.randint(senses, (len(latent), 1), generator=generator)
        sense = torch.arange(tokens).clamp_max(senses - 1)  # beside things, all tokens of an image are one sense
        return (sense == masked).float()

    def _token_type(self, latent: Tensor) -> Tensor:
        """Returns the types of tokens (B, N, Z), one-hot (B, N, token_types): body, thing, or which of the image."""
        things = latent.shape[1] - 1 - self.image_tokens
        index = torch.tensor([0, *[1] * things, *range(2, self.token_types)])
        return nn.functional.one_hot(index, self.token_types).float().expand(len(latent), -1, -1)

    def _geometry(self, latent: Tensor, ego: EgoFeatures) -> Tensor:
        """Returns the geometry (B, N, PAIR_GEOMETRY_SIZE) of pairs of body and thing; zeros for other tokens."""
        return nn.functional.pad(ego.pair[..., :PAIR_GEOMETRY_SIZE].detach(), (0, 0, 1, self.image_tokens))

    def _mean(self, error: Tensor, counted: Tensor) -> Tensor:
        """Returns the mean of errors (B, N, Z) over the learned latents of the counted tokens (B, N, 1)."""
        learned = self.without_pose(torch.ones_like(error))
        return (error * learned).sum() / (counted * learned).sum().clamp_min(1.0)
