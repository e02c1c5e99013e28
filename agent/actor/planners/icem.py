"""Planning by sampling: the improved cross-entropy method."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, finite
from agent.actor.planners.colored_noise import colored_noise


class ICEM(Planner):
    """The improved cross-entropy method: smooth noise, remembered elites, plans kept from one step to the next.

    Source: Pinneri et al. 2020, arXiv 2008.06389. We keep the number of samples the same in each
    iteration and count the mean itself among them in every iteration.

    Args:
        elites: Best plans that shape the next iteration.
        momentum: Share of the old mean and deviation kept in an iteration.
        keep: Share of elites that enter the next iteration, and the next decision.
        **options: Of every `Planner`.
    """

    def __init__(self, *, elites: int, momentum: float = 0.1, keep: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.elites, self.momentum, self.keep = elites, momentum, max(1, round(keep * elites))

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner`; the cheapest plans of earlier iterations are among those of the last."""
        mean, kept = self.recall()
        sigma = torch.full_like(mean, self.sigma)
        plans, costs = mean.unsqueeze(1), torch.zeros(1)
        for _ in range(self.iterations):
            fresh = self.samples - kept.shape[1] - 1
            noise = colored_noise(self.beta, self.horizon, (fresh, self.actions), generator)
            plans = torch.cat(
                [(mean.unsqueeze(1) + sigma.unsqueeze(1) * noise).clamp(-1, 1), kept, mean.unsqueeze(1)], 1
            )
            costs = finite(evaluate(plans))
            order = costs.argsort(stable=True)
            elite = plans[:, order[: self.elites]]
            mean = self.momentum * mean + (1 - self.momentum) * elite.mean(1)
            sigma = self.momentum * sigma + (1 - self.momentum) * elite.std(1)
            kept = elite[:, : self.keep]
        self.mean, self.kept = mean, kept
        return plans, costs
