"""Planning by sampling: the improved cross-entropy method."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, replace_nonfinite
from agent.actor.planners.colored_noise import colored_noise


class ICEM(Planner):
    """The improved cross-entropy method: colored noise, and elites that are kept across iterations and decisions.

    Source: Pinneri et al. 2020, arXiv 2008.06389. We keep the number of samples the same in each
    iteration and count the mean itself among them in every iteration.

    Args:
        num_elites: Number of best plans that the next iteration's distribution is fitted to.
        momentum: Weight of the previous mean and standard deviation in an iteration.
        keep_fraction: Share of the elites that enter the next iteration, and the next decision.
        **options: Arguments of `Planner`.
    """

    def __init__(self, *, num_elites: int, momentum: float = 0.1, keep_fraction: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.num_elites, self.momentum = num_elites, momentum
        self.num_kept = max(1, round(keep_fraction * num_elites))

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner.plan`; the cheapest plans of earlier iterations are among those of the last."""
        mean, elites = self.warm_start()
        sigma = torch.full_like(mean, self.sigma)
        plans, costs = mean.unsqueeze(1), torch.zeros(1)
        for _ in range(self.iterations):
            fresh = self.samples - elites.shape[1] - 1
            noise = colored_noise(self.beta, self.horizon, (fresh, self.action_size), generator)
            plans = torch.cat(
                [(mean.unsqueeze(1) + sigma.unsqueeze(1) * noise).clamp(-1, 1), elites, mean.unsqueeze(1)], 1
            )
            costs = replace_nonfinite(evaluate(plans))
            order = costs.argsort(stable=True)
            best = plans[:, order[: self.num_elites]]
            mean = self.momentum * mean + (1 - self.momentum) * best.mean(1)
            sigma = self.momentum * sigma + (1 - self.momentum) * best.std(1)
            elites = best[:, : self.num_kept]
        self.mean, self.elites = mean, elites
        return plans, costs
