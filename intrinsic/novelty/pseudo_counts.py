"""Pseudo-counts: a bonus for rarely visited cells of hashed states."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import first_transition
from intrinsic.objective import Memory, Objective, View
from intrinsic.simhash import SimHash


class PseudoCounts(Objective):
    r"""Rewards states that were seldom visited in the whole life, states that hash alike counting as one.

    Formula: ``cost = - 1 / sqrt(1 + visits[cell(s')])``.

    Source: Tang et al., *#Exploration*, 2017, arXiv 1611.04717, section 2.2: counts of SimHash cells stand for
    counts of states, as the density model's pseudo-counts of Bellemare et al. 2016, arXiv 1606.01868, do. Differs: the
    hash sees random features of standardised tokens (`intrinsic.simhash`), learnt codes are left out, and the count
    begins at one.

    Reads: ``latent`` (\*lead, N, Z).

    Weaknesses: the width of a cell is random, and while the normalisation settles, states move to other cells than
    they were counted in. Noise fills cells of its own. It is a step function: gradient planners cannot use it.
    """

    reads = frozenset({"latent"})
    anticipated: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False
    habituates: ClassVar[bool] = True
    visits: Tensor

    def __init__(self, bits: int = 12) -> None:
        """Makes the objective.

        Args:
            bits: Number of bits of a state's hash; there are ``2 ** bits`` cells.
        """
        super().__init__()
        self.bits = bits

    def build(self, view: View) -> None:
        """Makes the cells."""
        self.cells = SimHash(first_transition(view, "latent"), self.bits)
        self.register_buffer("visits", torch.zeros(self.cells.count))

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative novelty (-1 to 0), shape (*lead,)."""
        return -(1.0 + self.visits[self.cells(view["latent"])]).rsqrt()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Counts."""
        self.cells.observe(view["latent"])
        cell = self.cells(view["latent"]).flatten()
        self.visits.index_add_(0, cell, self.visits.new_ones(len(cell)))
