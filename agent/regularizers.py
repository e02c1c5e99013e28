"""What keeps learned latents from collapsing."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def vicreg(latent: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the variance and covariance terms for learned latents (*lead, N, Z).

    Source: Bardes et al. 2021, VICReg, arXiv 2105.04906. Tokens of the body and of things are
    regularised apart, since their encoders differ.
    """
    spread, redundancy = latent.new_zeros(()), latent.new_zeros(())
    for rows in (latent[..., 0, :].flatten(0, -2), latent[..., 1:, :].flatten(0, -2)):
        centred = rows - rows.mean(0)
        std = (centred.var(0) + 1e-4).sqrt()
        spread = spread + torch.relu(1.0 - std).mean()
        cov = centred.T @ centred / (len(rows) - 1)
        redundancy = redundancy + (cov.square().sum() - cov.diagonal().square().sum()) / rows.shape[-1]
    return spread, redundancy


def inverse_dynamics_net(inputs: int, actions: int) -> nn.Module:
    """Returns a net that reads the action back from two successive latents of the body.

    Source: the inverse-dynamics term of Sobal et al. 2022, arXiv 2211.10831, which holds a joint-embedding model
    up against distractors.
    """
    return nn.Sequential(nn.Linear(inputs, 64), nn.SiLU(), nn.Linear(64, actions))
