"""Ensembles of multilayer perceptrons, evaluated as batched matrix products."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn


class EnsembleMLP(nn.Module):
    """E independent perceptrons with hard swish between layers, run as batched matrix products.

    Args:
        members: Number of perceptrons, E.
        sizes: Widths of the layers, from input to output.
    """

    def __init__(self, members: int, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.members, self.layers = members, len(sizes) - 1
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for i, (a, b) in enumerate(pairwise(sizes)):
            # He-scaled, and the last layer smaller, so that untrained nets predict little change.
            gain = 0.3 if i == len(sizes) - 2 else 1.4
            self.weights.append(nn.Parameter(torch.randn(members, a, b) * gain / math.sqrt(a)))
            self.biases.append(nn.Parameter(torch.zeros(members, 1, b)))

    def forward(self, x: Tensor) -> Tensor:
        """Maps (E, rows, in) to (E, rows, out)."""
        return self._rest(torch.baddbmm(self.biases[0], x, self.weights[0]))

    def pairs(self, own: Tensor, others: Tensor) -> Tensor:
        """Maps every pair of a row of `own` and one of its others.

        Args:
            own: (B, in_1).
            others: (B, k, in_2), with in_1 + in_2 inputs in all.

        Returns:
            (E, B, k, out). The part of the first layer that depends on `own` is computed once for its k pairs, and
            all members get the same input in one product.
        """
        weight, bias = self.weights[0].transpose(0, 1).flatten(1), self.biases[0].flatten()  # (in, E h), (E h)
        split, (b, k, _) = own.shape[1], others.shape
        shared = torch.addmm(bias, own, weight[:split])
        first = (others.flatten(0, 1) @ weight[split:]).view(b, k, weight.shape[1]) + shared.unsqueeze(1)
        out = self._rest(first.view(b * k, self.members, weight.shape[1] // self.members).transpose(0, 1))
        return out.view(self.members, b, k, out.shape[-1])

    def _rest(self, x: Tensor) -> Tensor:
        in_place = not torch.is_grad_enabled()  # x is used nowhere else, and no gradient needs it
        for i in range(1, self.layers):
            x = torch.baddbmm(self.biases[i], nn.functional.hardswish(x, inplace=in_place), self.weights[i])
        return x
