"""The small encoder and dynamics ensemble from which objectives read latents and predictions."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from agent.sb3.adapter.spaces import is_image
from agent.world_model.ensemble_mlp import EnsembleMLP
from intrinsic.running_moments import merge_moments

LATENT_BOUND = 5.0  # standard deviations at which latents are clipped
IMAGE_FEATURES = 64  # features of an image
MIN_CHANGE = 1e-3  # least typical change of a feature, in standard deviations per step


class FeatureEncoder(nn.Module):
    r"""Encodes an observation as one latent token: its features, normalized.

    Observations that are no images are their own features. An image is encoded by a small convolutional net whose
    weights stay as initialized: random features are stable while an agent explores, and seldom worse than learned ones
    (Burda et al. 2018, *Large-scale study of curiosity-driven learning*, arXiv 1808.04355). Each feature is shifted
    and scaled to mean 0 and variance 1 over all transitions so far, as RND's observations are (Burda et al. 2018, arXiv
    1810.12894, section 2.4).

    Args:
        obs_spaces: Space of each part of the observation, by name.

    Attributes:
        latent_size: Number of features Z.
    """

    def __init__(self, obs_spaces: dict[str, spaces.Space[Any]]) -> None:
        super().__init__()
        self.image_nets = nn.ModuleDict(
            {k: _RandomConvNet(space) for k, space in obs_spaces.items() if is_image(space)}
        )
        self.vector_sizes = {k: spaces.flatdim(space) for k, space in obs_spaces.items() if k not in self.image_nets}
        self.latent_size = sum(self.vector_sizes.values()) + IMAGE_FEATURES * len(self.image_nets)
        self.mean: Tensor
        self.var: Tensor
        self.count: Tensor
        self.register_buffer("mean", torch.zeros(self.latent_size))
        self.register_buffer("var", torch.ones(self.latent_size))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    def features(self, obs: dict[str, Tensor], lead: tuple[int, ...]) -> Tensor:
        r"""Returns features before normalization, (\*lead, Z), of observations of leading shape \*lead."""
        parts = [obs[name].reshape(*lead, size) for name, size in self.vector_sizes.items()]
        for name, net in self.image_nets.items():
            image = obs[name]
            rows = image.reshape(-1, *image.shape[len(lead) :])
            parts.append(net(rows).view(*lead, IMAGE_FEATURES))
        return torch.cat(parts, -1)

    def forward(self, features: Tensor) -> Tensor:
        r"""Returns the latent (\*lead, 1, Z) of features (\*lead, Z): one token, normalized and clipped."""
        latent: Tensor = (features - self.mean) / (self.var + 1e-8).sqrt()
        return latent.clamp(-LATENT_BOUND, LATENT_BOUND).unsqueeze(-2)

    def update_normalization(self, features: Tensor) -> None:
        r"""Merges mean and variance of the features (\*lead, Z) of new transitions into the running ones."""
        rows = features.flatten(0, -2)
        merge_moments(self.mean, self.var, rows, len(rows) / (float(self.count) + len(rows)))
        self.count += len(rows)


class _RandomConvNet(nn.Module):
    """Random features (rows, IMAGE_FEATURES) of images (rows, height, width, channels), channels first or last."""

    def __init__(self, space: spaces.Space[Any]) -> None:
        super().__init__()
        shape = space.shape or ()
        self.channels_last = shape[2] == min(shape)
        channels = shape[2] if self.channels_last else shape[0]
        self.net = nn.Sequential(
            nn.Conv2d(channels, 16, 4, 2, 1),
            nn.LeakyReLU(),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.LeakyReLU(),
            nn.Conv2d(32, 32, 4, 2, 1),
            nn.LeakyReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(512, IMAGE_FEATURES),
        )
        for module in self.net:
            if isinstance(module, nn.Conv2d | nn.Linear):
                nn.init.orthogonal_(module.weight, 2.0**0.5)
        self.requires_grad_(False)

    def forward(self, image: Tensor) -> Tensor:
        channels_first = image.movedim(-1, -3) if self.channels_last else image
        features: Tensor = self.net(channels_first.float() / 255.0)
        return features


class FeatureDynamics(nn.Module):
    r"""An ensemble that predicts the next latent of a `FeatureEncoder` from latent and action.

    Members learn the change of each feature in units of its typical change, with a squared error: an absolute error
    would make every member predict the median, which in most worlds is that nothing moves.

    Args:
        latent_size: Number of features Z.
        action_size: Numbers of an action, A.
        members: Number of members, E.
        hidden: Width of the two hidden layers.
    """

    def __init__(self, latent_size: int, action_size: int, members: int = 5, hidden: int = 64) -> None:
        super().__init__()
        self.members = members
        self.net = EnsembleMLP(members, (latent_size + action_size, hidden, hidden, latent_size))
        self.mean_square_change: Tensor
        self.count: Tensor
        self.register_buffer("mean_square_change", torch.zeros(latent_size))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    @property
    def typical_change(self) -> Tensor:
        """Root mean square change per step of each feature, (Z,)."""
        return self.mean_square_change.sqrt().clamp_min(MIN_CHANGE)

    def update_scale(self, latent: Tensor, next_latent: Tensor) -> None:
        r"""Merges the changes of latents (\*lead, 1, Z) of new transitions into the typical change."""
        rows = (next_latent - latent).flatten(0, -2)
        self.count += len(rows)
        self.mean_square_change.lerp_(rows.square().mean(0), float(len(rows) / self.count))

    def forward(self, latent: Tensor, action: Tensor) -> Tensor:
        r"""Returns the next latent as each member predicts it, (E, \*lead, 1, Z)."""
        lead = action.shape[:-1]
        return latent + self.typical_change * self._predict_changes(latent, action).view(self.members, *lead, 1, -1)

    def loss(self, latent: Tensor, action: Tensor, next_latent: Tensor) -> Tensor:
        """Returns the mean squared error of the predicted changes, summed over members, a scalar."""
        target = ((next_latent - latent) / self.typical_change).reshape(-1, latent.shape[-1])
        return (self._predict_changes(latent, action) - target).square().mean((1, 2)).sum()

    def _predict_changes(self, latent: Tensor, action: Tensor) -> Tensor:
        rows = torch.cat([latent.squeeze(-2), action], -1)
        rows = rows.reshape(-1, rows.shape[-1])
        out: Tensor = self.net(rows.expand(self.members, *rows.shape))
        return out
