"""Planning by gradient, through the differentiable world model."""

from __future__ import annotations

import logging
from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, finite
from agent.actor.planners.colored_noise import colored_noise
from agent.actor.planners.icem import ICEM


class GradientPlanner(Planner):
    """Lets a few plans slide down the slope of their costs.

    Source: LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 3.1.2 (Mode-2, inference of actions by
    gradient); gradients that are normalised, in the manner of sign descent, since costs have no scale of their own.

    Args:
        rate: Root mean square change of a plan's actions in the first step; it falls as one over the steps done.
        **options: Of every `Planner`.
    """

    differentiates = True

    def __init__(self, *, rate: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner`; the last plans are as many as were sampled."""
        mean, kept = self.recall()  # it keeps no plans beside its best: these are suggestions
        fresh = max(0, self.samples - kept.shape[1] - 1)
        noise = colored_noise(self.beta, self.horizon, (fresh, self.actions), generator)
        plans = torch.cat([mean.unsqueeze(1) + self.sigma * noise, kept, mean.unsqueeze(1)], 1).clamp(-1, 1)
        plans, costs = descend(evaluate, plans, self.iterations, self.rate)
        self.mean = plans[:, costs.argmin()]
        return plans, costs


class RefinedICEM(ICEM):
    """`ICEM` whose elites then slide down the slope of their costs.

    Args:
        steps: Steps down, after the iterations of sampling.
        rate: As of `GradientPlanner`.
        **options: Of `ICEM`.
    """

    differentiates = True

    def __init__(self, *, steps: int, rate: float = 0.15, **options: Any) -> None:
        super().__init__(**options)
        self.steps, self.rate = steps, rate

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner`; the last plans are the elites, the cheapest of those seen on the way down."""
        plans, costs = super().plan(evaluate, generator)
        elite = plans[:, costs.argsort(stable=True)[: self.elites]]
        plans, costs = descend(evaluate, elite, self.steps, self.rate)
        order = costs.argsort(stable=True)
        self.kept = plans[:, order[: self.keep]]
        self.mean = self.momentum * self.mean + (1 - self.momentum) * plans[:, order[0]]
        return plans, costs


def _slope(costs: Tensor, plans: Tensor) -> Tensor:
    """Returns the gradient of costs by plans, zero where there is none."""
    if not costs.requires_grad:  # nothing that is wanted depends smoothly on what is done
        return torch.zeros_like(plans)
    try:
        (slope,) = torch.autograd.grad(torch.where(costs.isfinite(), costs, 0.0).sum(), plans)
    except RuntimeError as error:  # of a plug-in that writes to what its gradient needs; `Mind.check` finds most
        logging.getLogger(__name__).warning("plans cannot slide: a cost cannot be differentiated (%s)", error)
        return torch.zeros_like(plans)
    return slope


def descend(evaluate: Evaluate, plans: Tensor, steps: int, rate: float) -> tuple[Tensor, Tensor]:
    """Moves plans (T, B, A) down the slope of their costs, and evaluates the best that each has been.

    A plan that a step made dearer keeps its cheaper state: what is returned is never worse than what was given.
    """
    best, least = plans, torch.full(plans.shape[1:2], torch.inf)
    for step in range(steps):
        plans = plans.detach().requires_grad_()
        with torch.enable_grad():
            costs = evaluate(plans)
            slope = _slope(costs, plans)
        better = finite(costs.detach()) < least
        best, least = torch.where(better[:, None], plans.detach(), best), torch.where(better, costs.detach(), least)
        slope = torch.nan_to_num(slope, 0.0, 0.0, 0.0)
        size = slope.square().mean((0, 2), keepdim=True).sqrt().clamp_min(1e-12)
        plans = (plans.detach() - rate / (1 + step) * slope / size).clamp(-1, 1)
    costs = finite(evaluate(plans))
    if bool((costs <= least).all()):
        return plans, costs
    plans = torch.where((costs <= least)[:, None], plans, best)
    return plans, finite(evaluate(plans))
