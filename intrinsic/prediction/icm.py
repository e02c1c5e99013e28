"""ICM: prediction error in features that the agent can influence."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import InverseDynamicsFeatures, first_transition, mlp
from intrinsic.objective import Memory, Objective, View


class ICM(Objective):
    r"""Rewards outcomes that are predicted wrongly, in features learnt from what actions change.

    Formula: ``cost = - mean over D of (f(phi(s), a) - phi(s'))^2``; phi is learnt by inverse dynamics from
    phi(s) and phi(s'), the forward model f by its error: ``loss = 0.8 inverse + 0.2 forward``.

    Source: Pathak et al., *Curiosity-driven exploration by self-supervised prediction*, 2017, arXiv 1705.05363,
    equations 2 to 7 (their beta is 0.2). Differs: things are pooled, see `intrinsic.nets.TokenPool`; the forward
    error does not shape phi, which could else shrink to be predictable; the scale is the mixture's running one, not
    their eta.

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: noise that an action switches on (a remote control for the television) stays in phi and is rewarded for
    ever. In imagination it measures how far this model's and the world model's predictions differ, which is weaker.
    What actions do not change within a step is not in phi.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True

    def __init__(self, hidden: int = 64, size: int = 32) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of features D of a state.
        """
        super().__init__()
        self.hidden, self.size = hidden, size

    def build(self, view: View) -> None:
        """Makes the nets."""
        latent, action = first_transition(view, "latent"), first_transition(view, "action")
        self.phi = InverseDynamicsFeatures(latent, action, self.hidden, self.size)
        self.forward_model = mlp(self.size + len(action), self.hidden, self.size)

    def _error(self, before: Tensor, after: Tensor, action: Tensor) -> Tensor:
        predicted: Tensor = self.forward_model(torch.cat([before, action], -1))
        return (predicted - after).square().mean(-1)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative error (features squared), shape (*lead,)."""
        return -self._error(*self.phi.before_and_after(view), view["action"])

    def loss(self, view: View) -> Tensor:
        """Returns the weighted error of inverse and forward model."""
        before, after = self.phi.before_and_after(view)
        inverse = self.phi.loss(before, after, view["action"])
        return 0.8 * inverse + 0.2 * self._error(before.detach(), after.detach(), view["action"]).mean()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.phi.observe(view["latent"])
