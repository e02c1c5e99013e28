"""Planning by sampling: model-predictive path integral control."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, finite
from agent.actor.planners.colored_noise import colored_noise


class MPPI(Planner):
    """Weighs all sampled plans by how cheap they are, and moves to their average.

    Source: Williams et al. 2017, Information theoretic MPC for model-based reinforcement learning (ICRA), with
    smooth noise as in `ICEM`. We measure costs in units of their spread among the samples, so that the temperature
    means the same whatever is being sought; leave out the term for the cost of control; and act on the cheapest of the
    last samples, among which is the average of the iteration before.

    Args:
        temperature: Standard deviations of cost that make a plan count e times less.
        sigma: Standard deviation of the noise.
        **options: Of every `Planner`.
    """

    def __init__(self, *, temperature: float = 0.3, sigma: float = 0.5, **options: Any) -> None:
        super().__init__(sigma=sigma, **options)
        self.temperature = temperature

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner`; the cheapest plan of each iteration enters the next."""
        mean, kept = self.recall()
        plans, costs = mean.unsqueeze(1), torch.zeros(1)
        for _ in range(self.iterations):
            fresh = self.samples - kept.shape[1] - 1
            noise = self.sigma * colored_noise(self.beta, self.horizon, (fresh, self.actions), generator)
            plans = torch.cat([(mean.unsqueeze(1) + noise).clamp(-1, 1), kept, mean.unsqueeze(1)], 1)
            costs = finite(evaluate(plans))
            sound = costs[costs.isfinite()]
            spread = sound.std() if len(sound) > 1 else costs.new_ones(())
            weight = torch.softmax(-costs / (self.temperature * spread.clamp_min(1e-6)), 0)
            if bool(weight.isfinite().all()):  # else no plan has a sound future: stay with what was planned
                mean = torch.einsum("b,tba->ta", weight, plans)
            kept = plans[:, costs.argmin()].unsqueeze(1)
        self.mean, self.kept = mean, kept
        return plans, costs
