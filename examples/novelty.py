"""Random network distillation, as an example of an objective that learns: examples/novelty.py:Novelty."""

import torch
from torch import Tensor, nn

from intrinsic import Memory, Objective, View


class Novelty(Objective):
    """Rewards latents that a net cannot yet copy from a random one (Burda et al. 2018, arXiv 1810.12894)."""

    reads = frozenset({"latent"})

    def build(self, view: View) -> None:
        """Makes both nets for the latents that the view shows."""
        size = view["latent"].flatten(-2).shape[-1]
        self.random, self.copy = (
            nn.Sequential(nn.Linear(size, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32))
            for _ in range(2)
        )

    def error(self, view: View) -> Tensor:
        """Returns the mean squared error, shape (*lead,)."""
        seen = view["latent"].flatten(-2)
        with torch.no_grad():  # the random net stays as it is
            goal = self.random(seen)
        return (self.copy(seen) - goal).square().mean(-1)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns minus the error: what is new costs less than nothing."""
        return -self.error(view)

    def loss(self, view: View) -> Tensor:
        """Returns the mean error: what was met is new no more."""
        return self.error(view).mean()
