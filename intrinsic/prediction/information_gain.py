"""Information gain: the information of an outcome about which ensemble member is right."""

from __future__ import annotations

from typing import ClassVar, Final

import torch
from torch import Tensor

from intrinsic.nets import Tokens, first_transition, sum_attended, validated_tokens
from intrinsic.objective import Memory, Objective, View

TINY: Final = 1e-4  # noise below this (squared standardised units) is taken to be this: nothing is known exactly


class InformationGain(Objective):
    r"""Rewards outcomes that would tell the members of the ensemble apart, in nats.

    Formula: ``cost = - sum over attended tokens n, sum over z, of log(1 + v[n, z] / noise[z]) / 2`` with v the variance
    over members of their means, and noise the running mean square of what their mean got wrong.

    Source: expected information (Lindley 1956) of an outcome about the model, the mutual information of Shyam,
    Jaśkowski and Gomez, *Model-based active exploration* (MAX), 2019, arXiv 1810.12162. Each member is
    a Gaussian around its mean. Differs: they bound the entropy of the mixture by Rényi's; here the mixture is replaced
    by the Gaussian of the same variance, which has the most entropy, so that this is an upper bound. The noise is one
    per dimension (of bodies, of things), measured on lived steps, where their members predict it.

    Reads: ``mean`` (E, \*lead, N, Z), ``latent`` (\*lead, N, Z), ``attended`` (\*lead, N).

    Weaknesses: there is one noise level for all places: noise in one place makes all others look noisy, too. Early on
    the noise includes the model's own errors, and the reward is low where it should be high.
    """

    reads = frozenset({"mean", "latent", "attended"})
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True
    noise: Tensor
    count: Tensor

    def __init__(self, tokens: Tokens = "things") -> None:
        """Makes the objective.

        Args:
            tokens: ``"all"``, or ``"things"`` to leave out token 0, the agent's own body, where there are others.
        """
        super().__init__()
        self.tokens = validated_tokens(tokens)

    def build(self, view: View) -> None:
        """Makes the noise levels: of the body and, where there are things, of things."""
        tokens, size = first_transition(view, "latent").shape
        self.register_buffer("noise", torch.ones(min(tokens, 2), size))
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative information (nats), shape (*lead,)."""
        mean, noise = view["mean"], self.noise.clamp_min(TINY)
        apart = mean - mean.mean(0)
        ratio = (apart * apart).mean(0)
        if mean.shape[-2] > 1:
            noise = torch.cat([noise[:1], noise[1:].expand(mean.shape[-2] - 1, -1)])
        return -sum_attended(0.5 * torch.log1p(ratio / noise).sum(-1), view["attended"], self.tokens)

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the noise levels by the errors of the ensemble's mean."""
        off = (view["latent"] - view["mean"].mean(0)).square()
        rows = off.reshape(-1, *off.shape[-2:])
        self.count += len(rows)
        share = max(len(rows) / (float(self.count) + 1.0), 1e-3)  # what the model has learnt since must show
        self.noise[0].lerp_(rows[:, 0].mean(0), share)
        if len(self.noise) > 1:
            self.noise[1].lerp_(rows[:, 1:].mean((0, 1)), share)
