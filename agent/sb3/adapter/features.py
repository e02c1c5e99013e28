"""The small encoder and world model of a host that has none of its own."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from agent.sb3.adapter.spaces import is_image
from agent.world_model.ensemble_mlp import EnsembleMLP
from intrinsic.running_moments import merge_moments

FAR = 5.0  # standard deviations: what lies farther out is cut to that
PICTURE = 64  # features of a picture
LEAST_CHANGE = 1e-3  # standard deviations per step below which a feature counts as still


class Encoder(nn.Module):
    r"""Makes one latent token of all senses: standardised features.

    Senses that are no pictures are their own features. A picture is seen by a small convolutional net whose weights
    stay as they began: random features are stable while an agent explores, and seldom worse than learnt ones (Burda et
    al. 2018, *Large-scale study of curiosity-driven learning*, arXiv 1808.04355). Each feature is shifted
    and scaled to mean 0 and variance 1 over all that was lived, as RND's observations are (Burda et al. 2018, arXiv
    1810.12894, section 2.4).

    Args:
        senses: Space of each sense.

    Attributes:
        width: Number of features Z.
    """

    def __init__(self, senses: dict[str, spaces.Space[Any]]) -> None:
        super().__init__()
        self.eyes = nn.ModuleDict({name: _Eye(space) for name, space in senses.items() if is_image(space)})
        self.plain = {name: spaces.flatdim(space) for name, space in senses.items() if name not in self.eyes}
        self.width = sum(self.plain.values()) + PICTURE * len(self.eyes)
        self.mean: Tensor
        self.var: Tensor
        self.count: Tensor
        self.register_buffer("mean", torch.zeros(self.width))
        self.register_buffer("var", torch.ones(self.width))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    def features(self, senses: dict[str, Tensor], lead: tuple[int, ...]) -> Tensor:
        r"""Returns features as they come, (\*lead, Z)."""
        parts = [senses[name].reshape(*lead, size) for name, size in self.plain.items()]
        for name, eye in self.eyes.items():
            picture = senses[name]
            rows = picture.reshape(-1, *picture.shape[len(lead) :])
            parts.append(eye(rows).view(*lead, PICTURE))
        return torch.cat(parts, -1)

    def forward(self, features: Tensor) -> Tensor:
        r"""Returns the latent (\*lead, 1, Z): one token, standardised."""
        latent: Tensor = (features - self.mean) / (self.var + 1e-8).sqrt()
        return latent.clamp(-FAR, FAR).unsqueeze(-2)

    def observe(self, features: Tensor) -> None:
        """Merges the moments of the features of lived transitions into the running ones."""
        rows = features.flatten(0, -2)
        merge_moments(self.mean, self.var, rows, len(rows) / (float(self.count) + len(rows)))
        self.count += len(rows)


class _Eye(nn.Module):
    """Random features (rows, PICTURE) of pictures (rows, height, width, channels), channels first or last."""

    def __init__(self, space: spaces.Space[Any]) -> None:
        super().__init__()
        shape = space.shape or ()
        self.last = shape[2] == min(shape)
        channels = shape[2] if self.last else shape[0]
        self.net = nn.Sequential(
            nn.Conv2d(channels, 16, 4, 2, 1),
            nn.LeakyReLU(),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.LeakyReLU(),
            nn.Conv2d(32, 32, 4, 2, 1),
            nn.LeakyReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(512, PICTURE),
        )
        for module in self.net:
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.orthogonal_(module.weight, 2.0**0.5)
        self.requires_grad_(False)

    def forward(self, picture: Tensor) -> Tensor:
        rows = picture.movedim(-1, -3) if self.last else picture
        seen: Tensor = self.net(rows.float() / 255.0)
        return seen


class Dynamics(nn.Module):
    r"""An ensemble that predicts the next latent from latent and action.

    Members learn the change of each feature in units of its typical change, with a squared error: an absolute error
    would make every member predict the median, which in most worlds is that nothing moves.

    Args:
        width: Features Z.
        actions: Width of an action, A.
        members: E.
        hidden: Width of the two hidden layers.
    """

    def __init__(self, width: int, actions: int, members: int = 5, hidden: int = 64) -> None:
        super().__init__()
        self.members = members
        self.net = EnsembleMLP(members, (width + actions, hidden, hidden, width))
        self.square: Tensor
        self.count: Tensor
        self.register_buffer("square", torch.zeros(width))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    @property
    def change(self) -> Tensor:
        """Typical change per step of each feature, (Z,)."""
        return self.square.sqrt().clamp_min(LEAST_CHANGE)

    def observe(self, before: Tensor, after: Tensor) -> None:
        r"""Takes in how much latents (\*lead, 1, Z) changed."""
        rows = (after - before).flatten(0, -2)
        self.count += len(rows)
        self.square.lerp_(rows.square().mean(0), float(len(rows) / self.count))

    def forward(self, before: Tensor, action: Tensor) -> Tensor:
        r"""Returns what each member predicts, (E, \*lead, 1, Z)."""
        lead = action.shape[:-1]
        return before + self.change * self._changes(before, action).view(self.members, *lead, 1, -1)

    def loss(self, before: Tensor, action: Tensor, after: Tensor) -> Tensor:
        """Returns the mean squared error of the predicted changes, summed over members, a scalar."""
        goal = ((after - before) / self.change).reshape(-1, before.shape[-1])
        return (self._changes(before, action) - goal).square().mean((1, 2)).sum()

    def _changes(self, before: Tensor, action: Tensor) -> Tensor:
        rows = torch.cat([before.squeeze(-2), action], -1)
        rows = rows.reshape(-1, rows.shape[-1])
        out: Tensor = self.net(rows.expand(self.members, *rows.shape))
        return out
