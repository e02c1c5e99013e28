"""E3B: elliptical episodic bonuses."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import InverseDynamicsFeatures, first_transition
from intrinsic.objective import Memory, Objective, View


class E3B(Objective):
    r"""Rewards states that are new to the episode, by the ellipsoid that its states fill so far.

    Formula: ``cost = - phi(s')^T C^-1 phi(s')`` with ``C = 0.1 I + sum over the episode's earlier states of
    phi phi^T``; phi is learnt by inverse dynamics.

    Source: Henaff et al., *Exploration via elliptical episodic bonuses* (E3B), 2022, arXiv 2210.05805, with the
    ridge of 0.1 of their code. Differs: over a sequence of T steps, `sequence_cost` finds all bonuses b in one Cholesky
    factor L of ``I + Phi C^-1 Phi^T``, since ``L[t, t]^2 = 1 + b[t]``; tokens are pooled (`intrinsic.nets.TokenPool`).

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: a life without episodes has one ellipsoid, and the bonus vanishes. Directions count, not places: states
    between two known ones get no bonus. phi changes as it learns, while the memory keeps the old features.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    memory = "episode"
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True

    def __init__(self, hidden: int = 64, size: int = 32, ridge: float = 0.1) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of features D of a state.
            ridge: The multiple of the identity that C starts from.
        """
        super().__init__()
        self.hidden, self.size, self.ridge = hidden, size, ridge

    def build(self, view: View) -> None:
        """Makes the nets."""
        self.phi = InverseDynamicsFeatures(
            first_transition(view, "latent"), first_transition(view, "action"), self.hidden, self.size
        )

    def begin(self, lead: tuple[int, ...]) -> Tensor:
        r"""Returns the inverse of C, (\*lead, D, D)."""
        return (torch.eye(self.size) / self.ridge).expand(*lead, -1, -1).clone()

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative bonus, shape (*lead,)."""
        phi = self.phi(view["latent"])
        inverse: Tensor = memory
        return -(phi * (inverse @ phi.unsqueeze(-1)).squeeze(-1)).sum(-1)

    def remember(self, memory: Tensor, view: View) -> Tensor:
        """Returns the inverse of C after one more state (Sherman and Morrison 1950)."""
        phi = self.phi(view["latent"])
        u = (memory @ phi.unsqueeze(-1)).squeeze(-1)
        gain = 1.0 / (1.0 + (phi * u).sum(-1))
        return memory - gain[..., None, None] * u.unsqueeze(-1) * u.unsqueeze(-2)

    def sequence_cost(self, view: View, memory: Tensor) -> tuple[Tensor, Tensor]:
        r"""Returns costs (T, \*lead) and the inverse of C after them, all steps at once."""
        phi = self.phi(view["latent"]).movedim(0, -2)  # (*lead, T, D)
        spread = phi @ memory  # (*lead, T, D)
        factor = torch.linalg.cholesky(torch.eye(phi.shape[-2]) + spread @ phi.mT)
        bonus = factor.diagonal(dim1=-2, dim2=-1).square() - 1.0
        half = torch.linalg.solve_triangular(factor, spread, upper=False)
        return -bonus.movedim(-1, 0), memory - half.mT @ half

    def loss(self, view: View) -> Tensor:
        """Returns the error of the predicted actions."""
        return self.phi.loss(*self.phi.before_and_after(view), view["action"])

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.phi.observe(view["latent"])
