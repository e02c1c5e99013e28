"""Empowerment: the information that outcomes carry about actions."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import TokenFeatures, first_transition, mlp
from intrinsic.objective import Memory, Objective, View

LEAST, MOST = -3.0, 1.0  # log standard deviations of an action
MAX_PER_MOTOR = 3.0  # nats: a limit on the information about one motor, against overconfident nets


class Empowerment(Objective):
    r"""Rewards transitions whose action can be inferred from their outcome, in nats.

    Formula: ``cost = - (log q(a | s, s') - log p(a | s))``, both Gaussians that learn to be likely. On average over
    actions it is a lower bound of the mutual information I(a; s' | s), up to how well p knows the actions taken.

    Source: the variational bound of Barber and Agakov 2003 as Mohamed and Rezende, *Variational information
    maximisation for intrinsically motivated reinforcement learning*, 2015, arXiv 1509.08731, use it. Differs: one
    step in place of a sequence; the source is what the agent does anyway, so that it is not the channel's capacity; and
    it is read off each imagined transition, so that a planner can seek it. At most 3 nats a motor are counted.

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: one step of 0.2 s shows the wheels turn, not what they lead to. Where an agent always takes the same
    action, its outcome carries no information, however many actions it could take. For discrete actions, modelled as
    Gaussians, the bound is too low.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    anticipated: ClassVar[bool] = False

    def __init__(self, hidden: int = 64, size: int = 32) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of features of a state.
        """
        super().__init__()
        self.hidden, self.size = hidden, size

    def build(self, view: View) -> None:
        """Makes the nets."""
        shape, actions = first_transition(view, "latent").shape, len(first_transition(view, "action"))
        self.states = TokenFeatures(shape, self.hidden, self.size)
        self.source = mlp(self.size, self.hidden, 2 * actions)
        self.planner = mlp(2 * self.size, self.hidden, 2 * actions)

    def _likelihoods(self, view: View) -> tuple[Tensor, Tensor]:
        """Returns log q(a | s, s') and log p(a | s), (*lead,)."""
        before, after = self.states.before_and_after(view)
        inferred = self.planner(torch.cat([before, after - before], -1))
        return _log_likelihood(inferred, view["action"]), _log_likelihood(self.source(before), view["action"])

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative information (nats), shape (*lead,)."""
        posterior, prior = self._likelihoods(view)
        most = MAX_PER_MOTOR * view["action"].shape[-1]
        return -(posterior - prior).clamp(-most, most)

    def loss(self, view: View) -> Tensor:
        """Returns the negative log likelihood of the actions taken, a scalar."""
        posterior, prior = self._likelihoods(view)
        return -(posterior + prior).mean()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.states.observe(view["latent"])


def _log_likelihood(parameters: Tensor, action: Tensor) -> Tensor:
    mean, log_std = parameters.chunk(2, -1)
    log_std = log_std.clamp(LEAST, MOST)
    z = (action - mean) * (-log_std).exp()
    return (-0.5 * z.square() - log_std - 0.5 * math.log(2.0 * math.pi)).sum(-1)
