"""What keeps learned latents from collapsing: regularisers behind one interface."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

REGULARIZERS = "vicreg", "barlow", "sigreg", "infonce", "none"

SLICES = 32  # directions that SIGReg looks along
TEMPERATURE = 0.1  # of InfoNCE
REDUNDANCY = 0.005  # weight of what Barlow Twins' dimensions tell twice
Regularizer = Callable[[Tensor, Tensor, torch.Generator], Tensor]


def regularize(name: str, before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Returns how near collapse learned latents are, a scalar.

    Tokens of the body and of things are regularised apart, since their encoders differ. Where a method wants two views
    of one thing, they are two successive moments of it.

    Args:
        name: One of `REGULARIZERS`.
        before: (B, 1 + k, Z) learned latents of a moment.
        after: (B, 1 + k, Z) of the moment after it.
        generator: Random numbers, drawn by methods that need some.
    """
    method, total = _METHODS[name], before.new_zeros(())
    for rows in (slice(0, 1), slice(1, None)):
        if not before[:, rows].numel():  # no things
            continue
        total = total + method(before[:, rows].flatten(0, 1), after[:, rows].flatten(0, 1), generator)
    return total


def regularize_rows(name: str, before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Returns how near collapse rows (n, Z) of learned latents are, that are all of one kind; see `regularize`."""
    return _METHODS[name](before, after, generator)


def vicreg(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Keeps every dimension of (n, Z) latents spread out, and dimensions apart.

    Source: Bardes et al. 2021, VICReg, arXiv 2105.04906, the variance and covariance terms; the invariance term is the
    world model's error of prediction.
    """
    rows = torch.cat([before, after])
    centred = rows - rows.mean(0)
    spread = torch.relu(1.0 - (centred.var(0) + 1e-4).sqrt()).mean()
    cov = centred.T @ centred / (len(rows) - 1)
    return spread + 0.25 * ((cov.square().sum() - cov.diagonal().square().sum()) / rows.shape[-1])


def barlow(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Wants each dimension to tell the same of both moments, and no two dimensions the same.

    Source: Zbontar et al. 2021, Barlow Twins, arXiv 2103.03230, equations 1 and 2.
    """
    one, two = ((x - x.mean(0)) / (x.std(0) + 1e-4) for x in (before, after))
    cross = one.T @ two / len(before)
    told_twice = cross.square().sum() - cross.diagonal().square().sum()
    return (1.0 - cross.diagonal()).square().sum() + REDUNDANCY * told_twice


def sigreg(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Wants latents to be distributed as an isotropic Gaussian, seen along random directions.

    Source: Balestriero and LeCun 2025, LeJEPA, arXiv 2511.08544: the Epps-Pulley statistic, which compares
    characteristic functions. We take fewer directions (32), and do not multiply by the number of samples, so that the
    weight means the same for every batch.
    """
    rows = torch.cat([before, after])
    directions = torch.randn(rows.shape[-1], SLICES, generator=generator)
    at = torch.linspace(0.0, 4.0, 17)
    angle = (rows @ (directions / directions.norm(dim=0))).unsqueeze(-1) * at  # (2 n, slices, 17)
    gauss = torch.exp(-0.5 * at.square())
    off = (angle.cos().mean(0) - gauss).square() + angle.sin().mean(0).square()
    # The statistic is even in `at`: half of the line counts twice.
    return 2.0 * torch.trapezoid(off * gauss, at).mean()


def infonce(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Wants to tell from one moment which of many is the moment after it.

    Source: van den Oord et al. 2018, arXiv 1807.03748, equation 4, with cosine similarity; the other rows of the
    batch are the negatives, but for copies of the answer.
    """
    one, two = (nn.functional.normalize(x, dim=-1) for x in (before, after))
    alike = one @ two.T / TEMPERATURE
    # The same thing at another moment looks the same: a copy of the answer is no wrong answer.
    told = after.detach()
    copies = torch.cdist(told, told, compute_mode="donot_use_mm_for_euclid_dist") < 1e-6
    alike = alike.masked_fill(copies & ~torch.eye(len(alike), dtype=torch.bool), -math.inf)
    return nn.functional.cross_entropy(alike, torch.arange(len(alike))) / math.log(max(2, len(alike)))


def nothing(before: Tensor, after: Tensor, generator: torch.Generator) -> Tensor:
    """Lets latents collapse: a control."""
    return before.new_zeros(())


_METHODS: dict[str, Regularizer] = {
    "vicreg": vicreg,
    "barlow": barlow,
    "sigreg": sigreg,
    "infonce": infonce,
    "none": nothing,
}


def inverse_dynamics_net(inputs: int, actions: int) -> nn.Module:
    """Returns a net that reads the action back from two successive latents of the body.

    Source: the inverse-dynamics term of Sobal et al. 2022, arXiv 2211.10831, which holds a joint-embedding model
    up against distractors.
    """
    return nn.Sequential(nn.Linear(inputs, 64), nn.Hardswish(), nn.Linear(64, actions))
