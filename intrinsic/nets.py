"""Small networks that objectives share: normalised tokens, pooled tokens, inverse dynamics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, Literal, TypeVar

import torch
from torch import Tensor, nn

from housecat.core.errors import unknown_name
from intrinsic.objective import View
from intrinsic.running_moments import merge_moments

MAX_DEVIATION: Final = 5.0  # standard deviations: what lies farther out is cut to that
MIN_SHARE: Final = 1e-4  # share of a new transition in the running moments of an old life
Tokens = Literal["all", "things"]
M = TypeVar("M", bound=nn.Module)


def mlp(*sizes: int) -> nn.Sequential:
    """Returns a perceptron with ReLU between its layers."""
    layers: list[nn.Module] = []
    for a, b in pairwise(sizes):
        layers += [nn.Linear(a, b), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers[:-1])


def validated_tokens(tokens: str) -> Tokens:
    """Returns a valid choice of tokens.

    Raises:
        UserError: It is neither ``"all"`` nor ``"things"``.
    """
    if tokens not in ("all", "things"):
        raise unknown_name("choice of tokens", tokens, ("all", "things"))
    return "all" if tokens == "all" else "things"


def sum_attended(per_token: Tensor, attended: Tensor, tokens: Tokens) -> Tensor:
    r"""Sums a number per token (\*lead, N) over those attended: all, or without the body where there are others."""
    counted = per_token * attended
    return (counted[..., 1:] if tokens == "things" and counted.shape[-1] > 1 else counted).sum(-1)


def first_transition(view: View, key: str) -> Tensor:
    """Returns one transition of a key, without leading shape, for `Objective.build`."""
    tensor, tail = view[key], {"latent": 2, "latent.before": 2, "mean": 3, "action": 1}[key]
    return tensor.reshape(-1, *tensor.shape[tensor.dim() - tail :])[0] if key != "mean" else tensor


class TokenNormalizer(nn.Module):
    r"""Standardises latent tokens by running moments: one set for the body, one shared by all things.

    Source: the observation normalisation of Burda et al. 2018, arXiv 1810.12894, section 2.4, clipped at 5 as there.

    Args:
        shape: Shape of the tokens, N and Z.
    """

    __call__: Callable[..., Tensor]
    mean: Tensor
    var: Tensor
    count: Tensor

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        kinds, size = min(shape[0], 2), shape[1]
        self.register_buffer("mean", torch.zeros(kinds, size))
        self.register_buffer("var", torch.ones(kinds, size))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    def forward(self, latent: Tensor) -> Tensor:
        r"""Returns standardised tokens (\*lead, N, Z)."""
        mean, scale = self.mean, (self.var + 1e-6).rsqrt()
        if latent.shape[-2] > 2:
            mean, scale = (torch.cat([m[:1], m[1:].expand(latent.shape[-2] - 1, -1)]) for m in (mean, scale))
        return ((latent - mean) * scale).clamp(-MAX_DEVIATION, MAX_DEVIATION)

    @torch.no_grad()
    def observe(self, latent: Tensor) -> None:
        r"""Merges the moments of lived tokens (\*lead, N, Z) into the running ones."""
        rows = latent.reshape(-1, *latent.shape[-2:])
        self.count += len(rows)
        share = max(len(rows) / (float(self.count) + 1.0), MIN_SHARE)
        groups = (rows[:, :1], rows[:, 1:]) if len(self.mean) > 1 else (rows,)
        for kind, group in enumerate(groups):
            flat = group.reshape(-1, group.shape[-1])
            merge_moments(self.mean[kind], self.var[kind], flat, share)


class TokenPool(nn.Module):
    r"""Maps tokens to one vector, whatever the order of the things: a net for the body, the mean of a net over things.

    Args:
        shape: Shape of the tokens, N and Z; with one token there is no net for things.
        hidden: Width of the hidden layer.
        out: Size of the vector, D.
    """

    __call__: Callable[..., Tensor]

    def __init__(self, shape: Sequence[int], hidden: int, out: int) -> None:
        super().__init__()
        self.body = mlp(shape[1], hidden, out)
        self.things = mlp(shape[1], hidden, out) if shape[0] > 1 else None

    def forward(self, tokens: Tensor) -> Tensor:
        r"""Maps standardised tokens (\*lead, N, Z) to (\*lead, D)."""
        own: Tensor = self.body(tokens[..., 0, :])
        return own if self.things is None else own + self.things(tokens[..., 1:, :]).mean(-2)


class TokenFeatures(nn.Module):
    r"""A vector per state: tokens standardised, then pooled.

    Args:
        shape: Shape of the tokens, N and Z.
        hidden: Width of the hidden layer.
        size: Size of the vector, D.
        fixed: True for random features, which stay as they began.
    """

    __call__: Callable[..., Tensor]

    def __init__(self, shape: Sequence[int], hidden: int, size: int, fixed: bool = False) -> None:
        super().__init__()
        self.look = TokenNormalizer(shape)
        self.pool = TokenPool(shape, hidden, size).requires_grad_(not fixed)

    def forward(self, latent: Tensor) -> Tensor:
        r"""Returns the vector (\*lead, D) of tokens (\*lead, N, Z)."""
        return self.pool(self.look(latent))

    def before_and_after(self, view: View) -> tuple[Tensor, Tensor]:
        r"""Returns the vectors before and after the view's transitions, (\*lead, D) each, in one pass."""
        before, after = self(torch.stack([view["latent.before"], view["latent"]])).unbind(0)
        return before, after

    def observe(self, latent: Tensor) -> None:
        """Updates the normalisation by lived tokens."""
        self.look.observe(latent)


class InverseDynamicsFeatures(TokenFeatures):
    r"""A vector per state, learnt by predicting the action from two successive states: it keeps what actions change.

    Source: Pathak et al. 2017, arXiv 1705.05363, equations 2 and 3. The error is squared for every kind of action: for
    discrete ones, which come as 0s and a 1, it is Brier's proper score in place of the cross-entropy.

    Args:
        latent: Example tokens (N, Z).
        action: Example action (A,).
        hidden: Width of the hidden layers.
        size: Size of the vector, D.
    """

    def __init__(self, latent: Tensor, action: Tensor, hidden: int, size: int) -> None:
        super().__init__(latent.shape, hidden, size)
        self.read = mlp(2 * size, hidden, len(action))

    def loss(self, before: Tensor, after: Tensor, action: Tensor) -> Tensor:
        """Returns the mean squared error of the predicted actions, a scalar."""
        read: Tensor = self.read(torch.cat([before, after], -1))
        return (read - action).square().mean()


def freeze(module: M) -> M:
    """Returns the module with nothing left to learn."""
    module.requires_grad_(False)
    return module
