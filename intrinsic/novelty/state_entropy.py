"""State entropy: the distance to the nearest earlier states."""

from __future__ import annotations

from typing import ClassVar, Final

import torch
from torch import Tensor

from intrinsic.nets import TokenFeatures, first_transition
from intrinsic.objective import Memory, Objective, View

EMPTY: Final = 100.0  # value of every feature in an empty slot: far from all states
TINY: Final = 1e-8


class StateEntropy(Objective):
    r"""Rewards states whose nearest neighbours among those lived are far.

    Formula: ``cost = - log(1 + mean over the k nearest of |y - y_i|)``, with y fixed random features of s' and y_i
    those of up to 2048 lived states, drawn evenly from the whole life.

    Source: Liu and Abbeel, *Behavior from the void* (APT), 2021, arXiv 2103.04551 (the mean distance to k
    neighbours, in the logarithm); random features and the state kept for it are Seo et al., *State entropy
    maximization with random encoders* (RE3), 2021, arXiv 2102.09430. Differs: a sample of fixed size stands
    for the whole life, so that a decision costs the same at any age; and tokens are pooled
    (`intrinsic.nets.TokenPool`).

    Reads: ``latent`` (\*lead, N, Z).

    Weaknesses: distances of random features weigh every dimension alike, also irrelevant ones: noise is far from
    everything. The sample thins out with age: a state seen once may be dropped.
    """

    reads = frozenset({"latent"})
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True
    kept: Tensor
    lived: Tensor

    def __init__(self, k: int = 3, size: int = 32, hidden: int = 64, capacity: int = 2048) -> None:
        """Makes the objective.

        Args:
            k: Number of nearest neighbours.
            size: Number of random features of a state.
            hidden: Width of the hidden layers.
            capacity: Number of lived states that are kept.
        """
        super().__init__()
        self.k, self.size, self.hidden, self.capacity = k, size, hidden, capacity

    def build(self, view: View) -> None:
        """Makes the random features and the empty slots."""
        shape = first_transition(view, "latent").shape
        self.random = TokenFeatures(shape, self.hidden, self.size, fixed=True)
        self.register_buffer("kept", torch.full((self.capacity, self.size), EMPTY))
        self.register_buffer("lived", torch.zeros((), dtype=torch.int64))

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative log distance, shape (*lead,)."""
        y = self.random(view["latent"])
        rows = y.reshape(-1, self.size)
        square = torch.addmm(self.kept.square().sum(-1), rows, self.kept.T, alpha=-2.0)  # without the row's own norm
        near = square.topk(self.k, -1, largest=False, sorted=False).values + rows.square().sum(-1, keepdim=True)
        distance = near.clamp_min(TINY).sqrt().mean(-1)
        return -torch.log1p(distance).reshape(y.shape[:-1])

    def observe(self, view: View, memory: Memory = None) -> None:
        """Keeps an even sample of all states lived (reservoir sampling, Vitter 1985, by a hash instead of chance)."""
        self.random.observe(view["latent"])
        rows = self.random(view["latent"]).reshape(-1, self.size)
        number = self.lived + torch.arange(len(rows), device=rows.device)
        place = torch.where(number < self.capacity, number, _scrambled(number) % (number + 1))
        last = torch.full((self.capacity + 1,), -1, device=rows.device)
        last.scatter_reduce_(0, place.clamp_max(self.capacity), torch.arange(len(rows), device=rows.device), "amax")
        filled = (last[:-1] >= 0).nonzero().squeeze(-1)  # of two for one place, the later
        self.kept[filled] = rows[last[filled]]
        self.lived += len(rows)


def _scrambled(number: Tensor) -> Tensor:
    """Returns numbers 0 to 2^31 that look random (xorshift and multiply, by factors of Thomas Mueller, in 31 bits)."""
    for factor in (0x45D9F3B, 0x119DE1F3):
        number = ((number ^ (number >> 16)) * factor) & 0x7FFFFFFF
    return number ^ (number >> 16)
