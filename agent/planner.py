"""Planning in imagination by sampling."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Evaluate = Callable[[Tensor], Tensor]


def colored_noise(beta: float, steps: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Draws noise whose power falls with frequency as 1 / f^beta; unit variance at each step.

    Returns:
        (steps, *shape).

    Source: Timmer & König 1995, as used for planning by Pinneri et al. 2020.
    """
    frequency = torch.fft.rfftfreq(steps)
    frequency[0] = 1.0 / steps
    power = frequency ** (-beta / 2.0)
    real = torch.randn(len(frequency), *shape, generator=generator)
    imag = torch.randn(len(frequency), *shape, generator=generator)
    imag[0] = 0.0
    real[0] *= math.sqrt(2.0)
    if steps % 2 == 0:
        imag[-1] = 0.0
        real[-1] *= math.sqrt(2.0)
    spectrum = torch.complex(real, imag) * power.view(-1, *[1] * len(shape))
    noise: Tensor = torch.fft.irfft(spectrum, n=steps, dim=0)
    weights = power.clone()
    weights[1 : (steps + 1) // 2] *= math.sqrt(2.0)
    sigma = math.sqrt(2.0) * weights.square().sum().sqrt() / steps
    return torch.div(noise, sigma)


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
        self.reset()

    def reset(self) -> None:
        """Forgets the last plan."""
        self.mean = torch.zeros(self.horizon, self.actions)
        self.kept = torch.zeros(self.horizon, 0, self.actions)

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Looks for cheap plans.

        Args:
            evaluate: From plans (T, B, A) to costs (B,).
            generator: Random numbers.

        Returns:
            The last iteration's plans (T, B, A), in the order in which `evaluate` saw them, and their costs (B,).
            The cheapest of earlier iterations are among them.
        """
        mean = torch.cat([self.mean[1:], self.mean[-1:]])
        kept = torch.cat([self.kept[1:], self.kept[-1:]])
        sigma = torch.full_like(mean, self.sigma)
        plans, costs = mean.unsqueeze(1), torch.zeros(1)
        for _ in range(self.iterations):
            fresh = self.samples - kept.shape[1] - 1
            noise = colored_noise(self.beta, self.horizon, (fresh, self.actions), generator)
            plans = torch.cat(
                [(mean.unsqueeze(1) + sigma.unsqueeze(1) * noise).clamp(-1, 1), kept, mean.unsqueeze(1)], 1
            )
            costs = evaluate(plans)
            costs = torch.where(costs.isfinite(), costs, math.inf)  # a future that breaks the model is no good one
            order = costs.argsort(stable=True)
            elite = plans[:, order[: self.elites]]
            mean = self.momentum * mean + (1 - self.momentum) * elite.mean(1)
            sigma = self.momentum * sigma + (1 - self.momentum) * elite.std(1)
            kept = elite[:, : self.keep]
        self.mean, self.kept = mean, kept
        return plans, costs
