"""Planning by gradient, through the differentiable world model."""

from __future__ import annotations

import logging
from typing import Any

import torch
from torch import Tensor

from agent.actor.planners.base import Evaluate, Planner, replace_nonfinite
from agent.actor.planners.colored_noise import colored_noise
from agent.actor.planners.icem import ICEM


class GradientPlanner(Planner):
    """Gradient descent on the costs of a few plans.

    Source: LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 3.1.2 (Mode-2, inference of actions by
    gradient); gradients that are normalised, in the manner of sign descent, since costs have no scale of their own.

    Args:
        step_size: Root mean square change of a plan's actions in the first step; in step i it is divided by i.
        **options: Arguments of `Planner`.
    """

    differentiates = True

    def __init__(self, *, step_size: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        self.step_size = step_size

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner.plan`; as many plans are returned as were sampled."""
        mean, elites = self.warm_start()  # only proposals: `elites` stays empty
        fresh = max(0, self.samples - elites.shape[1] - 1)
        noise = colored_noise(self.beta, self.horizon, (fresh, self.action_size), generator)
        plans = torch.cat([mean.unsqueeze(1) + self.sigma * noise, elites, mean.unsqueeze(1)], 1).clamp(-1, 1)
        plans, costs = gradient_descent(evaluate, plans, self.iterations, self.step_size)
        self.mean = plans[:, costs.argmin()]
        return plans, costs


class RefinedICEM(ICEM):
    """`ICEM`, followed by gradient descent on its elites.

    Args:
        gradient_steps: Number of gradient steps after the iterations of sampling.
        step_size: See `GradientPlanner`.
        **options: Arguments of `ICEM`.
    """

    differentiates = True

    def __init__(self, *, gradient_steps: int, step_size: float = 0.15, **options: Any) -> None:
        super().__init__(**options)
        self.gradient_steps, self.step_size = gradient_steps, step_size

    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """See `Planner.plan`; returned are the elites, each as cheap as it ever was during descent."""
        plans, costs = super().plan(evaluate, generator)
        best = plans[:, costs.argsort(stable=True)[: self.num_elites]]
        plans, costs = gradient_descent(evaluate, best, self.gradient_steps, self.step_size)
        order = costs.argsort(stable=True)
        self.elites = plans[:, order[: self.num_kept]]
        self.mean = self.momentum * self.mean + (1 - self.momentum) * plans[:, order[0]]
        return plans, costs


def _gradient(costs: Tensor, plans: Tensor) -> Tensor:
    """Returns the gradient of the summed costs with respect to plans, zeros where there is none."""
    if not costs.requires_grad:  # no objective is a differentiable function of the actions
        return torch.zeros_like(plans)
    try:
        (gradient,) = torch.autograd.grad(torch.where(costs.isfinite(), costs, 0.0).sum(), plans)
    except RuntimeError as error:  # an objective wrote to what its gradient needs; `check_objectives` finds most
        logging.getLogger(__name__).warning("no gradient step: a cost cannot be differentiated (%s)", error)
        return torch.zeros_like(plans)
    return gradient


def gradient_descent(evaluate: Evaluate, plans: Tensor, steps: int, step_size: float) -> tuple[Tensor, Tensor]:
    """Minimizes the costs of plans (T, B, A) by normalized gradient steps; returns each plan at its cheapest.

    A plan that a step made more expensive goes back to its cheapest state: no plan ends worse than it began.
    """
    best, least = plans, torch.full(plans.shape[1:2], torch.inf)
    for step in range(steps):
        plans = plans.detach().requires_grad_()
        with torch.enable_grad():
            costs = evaluate(plans)
            gradient = _gradient(costs, plans)
        better = replace_nonfinite(costs.detach()) < least
        best, least = torch.where(better[:, None], plans.detach(), best), torch.where(better, costs.detach(), least)
        gradient = torch.nan_to_num(gradient, 0.0, 0.0, 0.0)
        norm = gradient.square().mean((0, 2), keepdim=True).sqrt().clamp_min(1e-12)
        plans = (plans.detach() - step_size / (1 + step) * gradient / norm).clamp(-1, 1)
    costs = replace_nonfinite(evaluate(plans))
    if bool((costs <= least).all()):
        return plans, costs
    plans = torch.where((costs <= least)[:, None], plans, best)
    return plans, replace_nonfinite(evaluate(plans))
