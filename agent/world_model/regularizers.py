"""Regularisers that keep learned latents from collapsing, behind one interface."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

REGULARIZERS = "vicreg", "barlow", "sigreg", "infonce", "none"

SLICES = 32  # directions on which SIGReg projects
TEMPERATURE = 0.1  # of InfoNCE
REDUNDANCY = 0.005  # weight of the correlations between dimensions, of Barlow Twins
Regularizer = Callable[[Tensor, Tensor, torch.Generator], Tensor]


def regularize(name: str, before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Returns the loss of a regulariser, a scalar that is large where latents collapse.

    Tokens of the body and of things are regularised separately, since their encoders differ. Methods that compare two
    views of one thing get two successive moments of it.

    Args:
        name: One of `REGULARIZERS`.
        before: (B, 1 + k, Z) learned latents of a moment.
        after: (B, 1 + k, Z) learned latents of the next moment.
        generator: Random numbers, for methods that need some.
    """
    method, total = _METHODS[name], before.new_zeros(())
    for rows in (slice(0, 1), slice(1, None)):
        if not before[:, rows].numel():  # no things
            continue
        total = total + method(before[:, rows].flatten(0, 1), after[:, rows].flatten(0, 1), generator)
    return total


def regularize_rows(name: str, before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Returns the loss of a regulariser on learned latents (n, Z) of one encoder; see `regularize`."""
    return _METHODS[name](before, after, generator)


def vicreg(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Keeps the variance of every dimension of latents (n, Z) up, and dimensions uncorrelated.

    Source: Bardes et al. 2021, VICReg, arXiv 2105.04906, the variance and covariance terms; the invariance term is the
    world model's error of prediction.
    """
    rows = torch.cat([before, after])
    centred = rows - rows.mean(0)
    spread = torch.relu(1.0 - (centred.var(0) + 1e-4).sqrt()).mean()
    cov = centred.T @ centred / (len(rows) - 1)
    return spread + 0.25 * ((cov.square().sum() - cov.diagonal().square().sum()) / rows.shape[-1])


def barlow(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Correlates each dimension with itself at the next moment, and with no other dimension.

    Source: Zbontar et al. 2021, Barlow Twins, arXiv 2103.03230, equations 1 and 2.
    """
    one, two = ((x - x.mean(0)) / (x.std(0) + 1e-4) for x in (before, after))
    cross = one.T @ two / len(before)
    redundancy = cross.square().sum() - cross.diagonal().square().sum()
    return (1.0 - cross.diagonal()).square().sum() + REDUNDANCY * redundancy


def sigreg(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Compares the distribution of latents with an isotropic Gaussian, along random directions.

    Source: Balestriero and LeCun 2025, LeJEPA, arXiv 2511.08544: the Epps-Pulley statistic, which compares
    characteristic functions. We take fewer directions (32), and do not multiply by the number of samples, so that the
    weight has the same effect for every batch size.
    """
    rows = torch.cat([before, after])
    directions = torch.randn(rows.shape[-1], SLICES, generator=generator)
    at = torch.linspace(0.0, 4.0, 17)
    angle = (rows @ (directions / directions.norm(dim=0))).unsqueeze(-1) * at  # (2 n, slices, 17)
    gauss = torch.exp(-0.5 * at.square())
    difference = (angle.cos().mean(0) - gauss).square() + angle.sin().mean(0).square()
    # The statistic is even in `at`: the positive half of the line counts twice.
    return 2.0 * torch.trapezoid(difference * gauss, at).mean()


def infonce(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Recognises the next moment of a latent among the next moments of the other rows.

    Source: van den Oord et al. 2018, arXiv 1807.03748, equation 4, with cosine similarity; the other rows of the
    batch are the negatives, except for copies of the positive.
    """
    one, two = (nn.functional.normalize(x, dim=-1) for x in (before, after))
    similarity = one @ two.T / TEMPERATURE
    # The same thing at another moment has the same latent: copies of the positive are no negatives.
    candidates = after.detach()
    copies = torch.cdist(candidates, candidates, compute_mode="donot_use_mm_for_euclid_dist") < 1e-6
    n = len(similarity)
    similarity = similarity.masked_fill(copies & ~torch.eye(n, dtype=torch.bool), -math.inf)
    return nn.functional.cross_entropy(similarity, torch.arange(n)) / math.log(max(2, n))


def no_regularizer(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Returns zero, which lets latents collapse: a control."""
    return before.new_zeros(())


_METHODS: dict[str, Regularizer] = {
    "vicreg": vicreg,
    "barlow": barlow,
    "sigreg": sigreg,
    "infonce": infonce,
    "none": no_regularizer,
}


def inverse_dynamics_net(inputs: int, actions: int) -> nn.Module:
    """Returns a net that predicts the action from two successive latents of the body.

    Source: the inverse-dynamics term of Sobal et al. 2022, arXiv 2211.10831, which holds a joint-embedding model
    up against distractors.
    """
    return nn.Sequential(nn.Linear(inputs, 64), nn.Hardswish(), nn.Linear(64, actions))
