"""Planning by sampling: the improved cross-entropy method."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.planners.planner import Evaluate, colored_noise, finite, later


class ICEM:
    """The improved cross-entropy method: smooth noise, remembered elites, plans kept from one step to the next.

    Source: Pinneri et al. 2020, arXiv 2008.06389. We keep the number of samples the same in each
    iteration and count the mean itself among them in every iteration.

    Args:
        horizon: Steps planned, T.
        actions: Size of an action, each from -1 to 1.
        samples: Plans per iteration.
        iterations: Per decision.
        elites: Best plans that shape the next iteration.
        beta: Colour of the noise.
        sigma: Initial standard deviation.
        momentum: Share of the old mean and deviation kept in an iteration.
        keep: Share of elites that enter the next iteration, and the next decision.
    """

    def __init__(
        self,
        horizon: int,
        actions: int,
        samples: int,
        iterations: int,
        elites: int,
        beta: float,
        sigma: float = 0.6,
        momentum: float = 0.1,
        keep: float = 0.3,
    ) -> None:
        self.horizon, self.actions, self.samples, self.iterations = horizon, actions, samples, iterations
        self.elites, self.beta, self.sigma, self.momentum = elites, beta, sigma, momentum
        self.keep = max(1, round(keep * elites))
        self.differentiates = False
        self.reset()

    def reset(self) -> None:
        """Forgets the last plan."""
        self.mean = torch.zeros(self.horizon, self.actions)
        self.kept = torch.zeros(self.horizon, 0, self.actions)

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner`; the cheapest plans of earlier iterations are among those of the last."""
        mean, kept = later(self.mean, self.kept)
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
