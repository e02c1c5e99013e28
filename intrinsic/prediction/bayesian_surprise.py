"""Latent Bayesian surprise: the change of a belief by an outcome."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import TokenFeatures, first_transition, mlp
from intrinsic.objective import Memory, Objective, View

LEAST, MOST = -3.0, 2.0  # log standard deviations


class BayesianSurprise(Objective):
    r"""Rewards outcomes after which a belief about a hidden cause differs from the belief before.

    Formula: ``cost = - KL(q(z | s, a, s') || p(z | s, a))`` with diagonal Gaussians; they learn by ``loss = |s' -
    decode(z)|^2 / 2 + KL``, z drawn from q.

    Source: Mazzaglia et al., *Curiosity-driven exploration via latent Bayesian surprise*, 2022, arXiv 2104.07495,
    the KL between posterior and prior over a latent variable of the transition. Differs: s and s' are fixed random
    features of the tokens (see `intrinsic.nets.TokenPool`), so that crowds of things have a fixed size.

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: noise in the features must be coded in z, and stays surprising as long as it is; it resists noise only
    as far as the posterior ignores it. Imagined outcomes are what a model expects, so less surprising than lived ones.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    anticipated: ClassVar[bool] = False

    def __init__(self, hidden: int = 64, size: int = 16, features: int = 32) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Size of the latent variable z.
            features: Number of random features of a state.
        """
        super().__init__()
        self.hidden, self.size, self.features = hidden, size, features

    def build(self, view: View) -> None:
        """Makes the nets."""
        shape, actions = first_transition(view, "latent").shape, len(first_transition(view, "action"))
        self.random = TokenFeatures(shape, self.hidden, self.features, fixed=True)
        self.prior = mlp(self.features + actions, self.hidden, 2 * self.size)
        self.posterior = mlp(2 * self.features + actions, self.hidden, 2 * self.size)
        self.decode = mlp(self.size + self.features + actions, self.hidden, self.features)

    def _beliefs(self, view: View) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Returns what is known before, the outcome, the belief after (mean, log std) and the KL."""
        before, after = self.random.before_and_after(view)
        known = torch.cat([before, view["action"]], -1)
        mean, log_std = self.posterior(torch.cat([known, after], -1)).chunk(2, -1)
        expected, log_width = self.prior(known).chunk(2, -1)
        log_std, log_width = log_std.clamp(LEAST, MOST), log_width.clamp(LEAST, MOST)
        ratio = (2.0 * (log_std - log_width)).exp()
        shift = (mean - expected).square() * (-2.0 * log_width).exp()
        kl = (log_width - log_std + 0.5 * (ratio + shift - 1.0)).sum(-1)
        return known, after, mean, log_std, kl

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative KL (nats), shape (*lead,)."""
        return -self._beliefs(view)[-1]

    def loss(self, view: View) -> Tensor:
        """Returns the negative evidence bound."""
        known, after, mean, log_std, kl = self._beliefs(view)
        z = mean + log_std.exp() * torch.randn_like(mean)
        decoded: Tensor = self.decode(torch.cat([z, known], -1))
        return (0.5 * (decoded - after).square().sum(-1) + kl).mean()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.random.observe(view["latent"])
