"""RIDE: the impact of a step on controllable features, divided by episodic visit counts."""

from __future__ import annotations

from typing import ClassVar, Final

import torch
from torch import Tensor

from intrinsic.nets import InverseDynamicsFeatures, first_transition
from intrinsic.objective import Memory, Objective, View
from intrinsic.simhash import SimHash, add_to_cell, read_cell

TINY: Final = 1e-8


class RIDE(Objective):
    r"""Rewards steps that change controllable features, divided by how often the episode led to the state.

    Formula: ``cost = - |phi(s') - phi(s)| / sqrt(N(s'))``, N the episode's visits to the cell of s', this one included;
    phi is learnt by inverse dynamics.

    Source: Raileanu and Rocktäschel, *RIDE: rewarding impact-driven exploration*, 2020, arXiv 2002.12292.
    Differs: states of the same cell of a random hash (`intrinsic.simhash`) count as one; phi is
    not trained to be predictable, too, which lets it shrink; tokens are pooled (see `intrinsic.nets.TokenPool`).

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: its reward does not decrease with learning: what has a large effect is sought again in every episode,
    and in a life without episodes all cells end up visited often. Moving is always an impact.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    memory = "episode"
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True

    def __init__(self, hidden: int = 64, size: int = 32, bits: int = 9) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of features D of a state.
            bits: Number of bits of a state's hash; there are ``2 ** bits`` cells.
        """
        super().__init__()
        self.hidden, self.size, self.bits = hidden, size, bits

    def build(self, view: View) -> None:
        """Makes the net and the cells."""
        latent, action = first_transition(view, "latent"), first_transition(view, "action")
        self.phi = InverseDynamicsFeatures(latent, action, self.hidden, self.size)
        self.cells = SimHash(latent, self.bits)

    def begin(self, lead: tuple[int, ...]) -> Tensor:
        r"""Returns visits (\*lead, cells)."""
        return torch.zeros(*lead, 2**self.bits)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative impact (features), shape (*lead,)."""
        before, after = self.phi.before_and_after(view)
        impact = ((after - before).square().sum(-1) + TINY).sqrt()
        return -impact * (1.0 + read_cell(memory, self.cells(view["latent"]))).rsqrt()

    def remember(self, memory: Tensor, view: View) -> Tensor:
        """Returns the visits with one more."""
        return add_to_cell(memory, self.cells(view["latent"]))

    def sequence_cost(self, view: View, memory: Tensor) -> tuple[Tensor, Tensor]:
        r"""Returns costs (T, \*lead) and the visits after them, all steps at once."""
        before, after = self.phi.before_and_after(view)
        impact = ((after - before).square().sum(-1) + TINY).sqrt()
        cell = self.cells(view["latent"]).movedim(0, -1)  # (*lead, T)
        earlier = (cell.unsqueeze(-1) == cell.unsqueeze(-2)).tril(-1).sum(-1)
        visits = memory.gather(-1, cell) + earlier
        after_all = memory.scatter_add(-1, cell, memory.new_ones(cell.shape))
        return -impact * (1.0 + visits).rsqrt().movedim(-1, 0), after_all

    def loss(self, view: View) -> Tensor:
        """Returns the error of the predicted actions."""
        return self.phi.loss(*self.phi.before_and_after(view), view["action"])

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.phi.observe(view["latent"])
        self.cells.observe(view["latent"])
