"""Boredom: habituation to situations that last, with recovery."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import first_transition
from intrinsic.objective import Memory, Objective, View
from intrinsic.simhash import SimHash, read_cell


class Boredom(Objective):
    r"""Costs situations to which the agent has habituated.

    Formula: ``cost = h[cell(s')]``; at each step h of the cell one is in rises towards 1 by a twentieth of what is
    missing, and all h fall by a three-hundredth.

    Source: Stanley, *Computer simulation of a model of habituation*, Nature 1976: a response to a stimulus falls
    while it lasts and recovers in its absence, two first-order lags; as novelty for robots, Marsland, Nehmzow and
    Shapiro 2000, arXiv cs/0006007. Differs: h is 1 less the response, states of one cell of a random hash
    (`intrinsic.simhash`) are one stimulus.

    Reads: ``latent`` (\*lead, N, Z).

    Weaknesses: it drives away from familiar situations, not towards anything. Alternating between two cells keeps it
    low for ever. It is a step function: gradient planners cannot use it.
    """

    reads = frozenset({"latent"})
    memory = "episode"
    unit = 1.0
    anticipated: ClassVar[bool] = False  # habituation has recovered by the time of a later visit
    differentiable: ClassVar[bool] = False
    habituates: ClassVar[bool] = True
    rise: ClassVar[float] = 1.0 / 20.0
    recovery: ClassVar[float] = 1.0 / 300.0

    def __init__(self, bits: int = 8) -> None:
        """Makes the objective.

        Args:
            bits: Number of bits of a state's hash; there are ``2 ** bits`` cells.
        """
        super().__init__()
        self.bits = bits

    def build(self, view: View) -> None:
        """Makes the cells."""
        self.cells = SimHash(first_transition(view, "latent"), self.bits)

    def begin(self, lead: tuple[int, ...]) -> Tensor:
        r"""Returns the habituation of each cell (\*lead, cells): none."""
        return torch.zeros(*lead, 2**self.bits)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the habituation (0 to 1), shape (*lead,)."""
        return read_cell(memory, self.cells(view["latent"]))

    def remember(self, memory: Tensor, view: View) -> Tensor:
        """Returns the habituation after one more step here."""
        return self._used(memory, self.cells(view["latent"]))

    def sequence_cost(self, view: View, memory: Tensor) -> tuple[Tensor, Tensor]:
        r"""Returns costs (T, \*lead) and the habituation after them; the cells are found at once."""
        costs = []
        for cell in self.cells(view["latent"]):
            costs.append(read_cell(memory, cell))
            memory = self._used(memory, cell)
        return torch.stack(costs), memory

    def _used(self, memory: Tensor, cell: Tensor) -> Tensor:
        cell = cell.unsqueeze(-1)
        less = memory * (1.0 - self.recovery)
        return less.scatter(-1, cell, torch.lerp(less.gather(-1, cell), torch.ones(()), self.rise))

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.cells.observe(view["latent"])
