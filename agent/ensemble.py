"""Multilayer perceptrons, E at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class EnsembleMLP(nn.Module):
    """E independent perceptrons with SiLU between layers, run as batched matrix products.

    Args:
        members: How many, E.
        sizes: Widths from input to output.
    """

    def __init__(self, members: int, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.members = members
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:], strict=True)):
            # He-scaled, the last layer smaller: a newborn predicts little change.
            gain = 0.3 if i == len(sizes) - 2 else 1.4
            self.weights.append(nn.Parameter(torch.randn(members, a, b) * gain / math.sqrt(a)))
            self.biases.append(nn.Parameter(torch.zeros(members, 1, b)))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (rows, in), shared by all members, or (E, rows, in) to (E, rows, out)."""
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            if x.dim() == 2:
                # One wide product is faster than E narrow ones over copies of the same input.
                wide = x @ w.transpose(0, 1).reshape(w.shape[1], -1)
                x = wide.view(x.shape[0], self.members, -1).transpose(0, 1) + b
            else:
                x = torch.baddbmm(b, x, w)
            if i < len(self.weights) - 1:
                x = nn.functional.silu(x)
        return x
