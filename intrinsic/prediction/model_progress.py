"""Model progress: the recent improvement of the world model's predictions, by a learned error model."""

from __future__ import annotations

import copy
from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import TokenNormalizer, TokenPool, first_transition, freeze, mlp
from intrinsic.objective import Memory, Objective, View


class ModelProgress(Objective):
    r"""Rewards transitions that the world model predicts better than it did a while ago.

    Formula: ``cost = - (g_then(s, a) - g_now(s, a))``, where g predicts ``log(error)``, the logarithm of the mean
    squared error of the ensemble's mean, and g_then is the same net as it was, a running mean of its weights with a
    half-life of 1000 lived transitions.

    Source: Hou, An and Du, *Beyond noisy-TVs: noise-robust exploration via learning progress monitoring* (LPM), 2025,
    arXiv 2509.25438: the error that an error model expects of the previous iteration, less the error now. Differs: they
    subtract the error that was lived; imagined transitions have none, so its expectation g_now is subtracted,
    in life too, which also takes the noise of single errors out. Their iterations are rounds of collecting and
    training; here they run into each other.

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``mean`` (E, \*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: a new place shows no progress until something has been learnt there, so another objective or chance
    must lead there first. It lags as much as g does. Forgetting is penalised.
    """

    reads = frozenset({"latent.before", "latent", "mean", "action"})
    anticipated: ClassVar[bool] = False

    def __init__(self, hidden: int = 64, half_life: float = 1000.0) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            half_life: Lived transitions after which the past weights count half.
        """
        super().__init__()
        self.hidden, self.half_life = hidden, half_life

    def build(self, view: View) -> None:
        """Makes the error model and its past version."""
        shape, actions = first_transition(view, "latent").shape, len(first_transition(view, "action"))
        self.look = TokenNormalizer(shape)
        self.now = _Error(shape, self.hidden, actions)
        self.then = freeze(copy.deepcopy(self.now))

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative progress (log units), shape (*lead,)."""
        tokens, action = self.look(view["latent.before"]), view["action"]
        progress: Tensor = self.then(tokens, action) - self.now(tokens, action)
        return -progress

    def loss(self, view: View) -> Tensor:
        """Returns how wrong the error model is about the errors of today."""
        error = torch.log((view["latent"] - view["mean"].mean(0)).square().mean((-1, -2)) + 1e-6)
        expected: Tensor = self.now(self.look(view["latent.before"]), view["action"])
        return (expected - error).square().mean()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents, and moves the past error model towards the present one."""
        self.look.observe(view["latent.before"])
        rate = 1.0 - 0.5 ** (view["action"].shape[:-1].numel() / self.half_life)
        for past, present in zip(self.then.parameters(), self.now.parameters(), strict=True):
            past.lerp_(present, rate)


class _Error(torch.nn.Module):
    def __init__(self, shape: torch.Size, hidden: int, actions: int) -> None:
        super().__init__()
        self.pool = TokenPool(shape, hidden, hidden)
        self.head = mlp(hidden + actions, hidden, 1)
        torch.nn.init.zeros_(self.head[-1].weight)  # type: ignore[arg-type]  # a newborn expects no change

    def forward(self, tokens: Tensor, action: Tensor) -> Tensor:
        expected: Tensor = self.head(torch.cat([self.pool(tokens), action], -1)).squeeze(-1)
        return expected
