"""Filling in the blanks: what else of latents can be predicted, besides the next from the last."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.egocentric import PAIR_GEOMETRY_SIZE, EgoFeatures
from agent.perception.encoder import TokenEncoder

HIDDEN = 64


class AuxiliaryLosses(nn.Module):
    """Predicts the learned part of tokens backwards in time, and of a masked sense from the others.

    Whereabouts are sensed, and are no blank: a thing keeps its place beside the body when it is masked, and is then
    asked for its looks. Masked is, by chance, what the body feels, one thing, or the picture (one token of it where it
    is all there is).

    Source: prediction of any part of the input from any other, LeCun 2022, section 4.1; masking after Assran et al.
    2023, I-JEPA, arXiv 2301.08243, in latents and not in senses. We have no slowly following copy as a target: as
    everywhere in this mind, a regulariser keeps latents from collapsing.

    Args:
        perception: Whose latents they are.
        actions: Size of an action.
        pictured: Tokens of a picture, M; 0 without an eye.
        alone: Whether there is a picture and no things.
    """

    def __init__(self, perception: TokenEncoder, actions: int, pictured: int, alone: bool) -> None:
        super().__init__()
        self.perception, self.pictured, self.alone = perception, pictured, alone
        self.kinds = 2 + pictured
        size = perception.token_size + PAIR_GEOMETRY_SIZE + self.kinds
        self.embed = nn.Sequential(nn.Linear(size, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, HIDDEN))
        self.fill = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, perception.token_size))
        self.back = nn.Sequential(
            nn.Linear(2 * size + actions, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, perception.token_size)
        )

    def learned(self, latent: Tensor) -> Tensor:
        """Returns tokens (B, N, Z) without what is sensed explicitly: zeros in its place."""
        n, p = latent.shape[1] - self.pictured, self.perception
        blank = torch.zeros_like(latent[:, :n, : p.pose_size])
        return torch.cat([torch.cat([blank, latent[:, :n, p.pose_size :]], -1), latent[:, n:]], 1)

    def _kind(self, latent: Tensor) -> Tensor:
        things = latent.shape[1] - 1 - self.pictured
        number = torch.tensor([0, *[1] * things, *range(2, self.kinds)])
        return nn.functional.one_hot(number, self.kinds).float().expand(len(latent), -1, -1)

    def _geometry(self, latent: Tensor, sight: EgoFeatures) -> Tensor:
        return nn.functional.pad(sight.pair[..., :PAIR_GEOMETRY_SIZE].detach(), (0, 0, 1, self.pictured))

    def masked(self, latent: Tensor, sight: EgoFeatures, generator: torch.Generator) -> Tensor:
        """Returns the error of filling in a sense of (B, N, Z) tokens that is masked."""
        learned, rest = self.learned(latent), [self._geometry(latent, sight), self._kind(latent)]
        hidden = self.mask(latent, generator).unsqueeze(-1)
        seen = self.embed(torch.cat([learned, *rest], -1))
        asked = self.embed(torch.cat([torch.zeros_like(learned), *rest], -1))
        context = (seen * (1.0 - hidden)).sum(1, keepdim=True).expand_as(seen)
        off = (self.fill(torch.cat([context, asked], -1)) - learned) ** 2
        return self._mean(off * hidden, hidden)

    def mask(self, latent: Tensor, generator: torch.Generator) -> Tensor:
        """Draws what is masked, (B, N), one where it is."""
        n = latent.shape[1] if self.alone or not self.pictured else latent.shape[1] - self.pictured + 1
        which = torch.randint(n, (len(latent), 1), generator=generator)
        place = torch.arange(latent.shape[1]).clamp_max(n - 1)  # beside things a picture is one sense
        return (place == which).float()

    def past(self, latent: Tensor, after: Tensor, action: Tensor, sight: EgoFeatures) -> Tensor:
        """Returns the error of predicting tokens (B, N, Z) from those after them, seen, and the action (B, A)."""
        now = torch.cat([self.learned(after), self._geometry(after, sight), self._kind(after)], -1)
        given = torch.cat([now, now[:, :1].expand_as(now), action.unsqueeze(1).expand(-1, now.shape[1], -1)], -1)
        off = (self.back(given) + self.learned(after) - self.learned(latent)) ** 2
        return self._mean(off, torch.ones_like(off[..., :1]))

    def _mean(self, off: Tensor, counted: Tensor) -> Tensor:
        """Returns the mean of errors (B, N, Z) over the learned numbers of the tokens that count (B, N, 1)."""
        there = self.learned(torch.ones_like(off))
        return (off * there).sum() / (counted * there).sum().clamp_min(1.0)
