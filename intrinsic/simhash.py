"""SimHash: states hashed into cells by the signs of random projections, so that visits can be counted."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from intrinsic.nets import TokenFeatures


class SimHash(nn.Module):
    r"""A fixed random hash of latent tokens.

    Formula: bit b of the cell is the sign of random projection b of random features of the standardised tokens.

    Source: SimHash (Charikar 2002) as Tang et al. 2017, arXiv 1611.04717, section 2.2, count with it.

    Args:
        latent: Example tokens (N, Z).
        bits: Number of bits of a hash; there are ``2 ** bits`` cells.
        hidden: Width of the hidden layer of the random features.
    """

    __call__: Callable[..., Tensor]

    def __init__(self, latent: Tensor, bits: int, hidden: int = 32) -> None:
        super().__init__()
        self.bits, self.count = bits, 2**bits
        self.features = TokenFeatures(latent.shape, hidden, bits, fixed=True)
        self.power: Tensor
        self.register_buffer("power", 2 ** torch.arange(bits), persistent=False)

    def forward(self, latent: Tensor) -> Tensor:
        r"""Returns the number of the cell (\*lead,) that tokens (\*lead, N, Z) fall into."""
        cell: Tensor = ((self.features(latent) > 0.0) * self.power).sum(-1)
        return cell

    def observe(self, latent: Tensor) -> None:
        """Updates the normalisation by lived tokens; normalised tokens fall into the cells evenly."""
        self.features.observe(latent)


def read_cell(table: Tensor, cell: Tensor) -> Tensor:
    r"""Reads a table per life (\*lead, cells) at a cell per life (\*lead,)."""
    return table.gather(-1, cell.unsqueeze(-1)).squeeze(-1)


def add_to_cell(table: Tensor, cell: Tensor, amount: float = 1.0) -> Tensor:
    r"""Returns the table (\*lead, cells) with an amount added at a cell per life (\*lead,)."""
    return table.scatter_add(-1, cell.unsqueeze(-1), table.new_full((*cell.shape, 1), amount))
