"""Planning by sampling: model-predictive path integral control."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, replace_nonfinite
from agent.actor.planners.colored_noise import colored_noise


class MPPI(Planner):
    """Model-predictive path integral control: the average of sampled plans, weighted by how cheap they are.

    Source: Williams et al. 2017, Information theoretic MPC for model-based reinforcement learning (ICRA), with
    smooth noise as in `ICEM`. We measure costs in units of their spread among the samples, so that the temperature
    means the same whatever is being sought; leave out the term for the cost of control; and act on the cheapest of the
    last samples, among which is the average of the iteration before.

    Args:
        temperature: Difference in cost, in standard deviations, that divides a plan's weight by e.
        sigma: Standard deviation of the noise.
        **options: Arguments of `Planner`.
    """

    def __init__(self, *, temperature: float = 0.3, sigma: float = 0.5, **options: Any) -> None:
        super().__init__(sigma=sigma, **options)
        self.temperature = temperature

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner.plan`; the cheapest plan of each iteration enters the next."""
        mean, elites = self.warm_start()
        plans, costs = mean.unsqueeze(1), torch.zeros(1)
        for _ in range(self.iterations):
            fresh = self.samples - elites.shape[1] - 1
            noise = self.sigma * colored_noise(self.beta, self.horizon, (fresh, self.action_size), generator)
            plans = torch.cat([(mean.unsqueeze(1) + noise).clamp(-1, 1), elites, mean.unsqueeze(1)], 1)
            costs = replace_nonfinite(evaluate(plans))
            valid = costs[costs.isfinite()]
            spread = valid.std() if len(valid) > 1 else costs.new_ones(())
            weight = torch.softmax(-costs / (self.temperature * spread.clamp_min(1e-6)), 0)
            if bool(weight.isfinite().all()):  # else no plan has a finite cost: keep the previous mean
                mean = torch.einsum("b,tba->ta", weight, plans)
            elites = plans[:, costs.argmin()].unsqueeze(1)
        self.mean, self.elites = mean, elites
        return plans, costs
