"""Regional learning progress: the recent fall of prediction errors in a region of states."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import first_transition
from intrinsic.objective import Memory, Objective, View
from intrinsic.simhash import SimHash


class RegionalProgress(Objective):
    r"""Rewards states in regions where the world model's error has lately been falling.

    Formula: ``cost = - max(0, slow[r] - fast[r])``, where r is the region of s, and slow and fast are running means of
    ``log(1 + error)`` in it, with half-lives of 200 and 50 visits to the region.

    Source: Oudeyer, Kaplan and Hafner, *Intrinsic motivation systems for autonomous mental development* (IAC), 2007:
    progress is the fall of the mean error between two windows of a region's history. Differs: windows
    are running means, regions are fixed cells of a random hash (`intrinsic.simhash`) where theirs split as they fill,
    and the error counts in the logarithm, so that progress from 0.2 to 0.1 is seen beside that from 20 to 10.

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``mean`` (E, \*lead, N, Z).

    Weaknesses: a region must be visited several times before there is a reward, so something else has to lead there
    first. Regions are coarse and do not distinguish actions. A model that forgets makes progress each time it relearns.
    """

    reads = frozenset({"latent.before", "latent", "mean"})
    anticipated: ClassVar[bool] = False
    differentiable: ClassVar[bool] = False
    fast: Tensor
    slow: Tensor

    def __init__(self, bits: int = 6) -> None:
        """Makes the objective.

        Args:
            bits: Number of bits of a state's hash; there are ``2 ** bits`` regions.
        """
        super().__init__()
        self.bits = bits

    def build(self, view: View) -> None:
        """Makes the regions."""
        self.regions = SimHash(first_transition(view, "latent"), self.bits)
        for name in ("fast", "slow"):
            self.register_buffer(name, torch.zeros(self.regions.count))
            self.register_buffer(f"{name}_weight", torch.zeros(self.regions.count))

    def _progress(self) -> Tensor:
        """Returns the progress of every region, (2 ** bits,); 0 where nobody has been."""
        means = [self.get_buffer(n) / self.get_buffer(f"{n}_weight").clamp_min(1e-6) for n in ("slow", "fast")]
        return (means[0] - means[1]).clamp_min(0.0)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative progress (log units), shape (*lead,)."""
        return -self._progress()[self.regions(view["latent.before"])]

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the errors of the regions that were visited."""
        error = torch.log1p((view["latent"] - view["mean"].mean(0)).square().mean((-1, -2))).flatten()
        region = self.regions(view["latent.before"]).flatten()
        visits = torch.zeros_like(self.fast).index_add(0, region, torch.ones_like(error))
        total = torch.zeros_like(self.fast).index_add(0, region, error)
        mean = total / visits.clamp_min(1.0)
        for name, half_life in (("fast", 50.0), ("slow", 200.0)):
            keep = 0.5 ** (visits / half_life)  # 1 where nobody has been
            self.get_buffer(name).mul_(keep).add_((1.0 - keep) * mean)
            self.get_buffer(f"{name}_weight").mul_(keep).add_(1.0 - keep)
        self.regions.observe(view["latent.before"])
