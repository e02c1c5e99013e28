"""The base class of planners, which search for cheap plans and warm-start each search with the last one."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

import torch
from torch import Tensor

Evaluate = Callable[[Tensor], Tensor]


class Planner(ABC):
    """Searches for cheap plans, and warm-starts each search with the result of the last one.

    Attributes:
        mean: (T, A) the plan that the next search is centered on, once it is shifted by one step.
        elites: (T, n, A) plans that enter the next search unchanged, once they are shifted by one step.
        differentiates: Whether the planner needs gradients of costs.

    Args:
        horizon: Number of planned steps, T.
        action_size: Size of an action, A; each number lies between -1 and 1.
        samples: Number of plans in each iteration.
        iterations: Number of iterations per decision.
        beta: Exponent of the colored noise that plans are sampled with, see `colored_noise`.
        sigma: Initial standard deviation of that noise.
    """

    differentiates: ClassVar[bool] = False

    def __init__(
        self, horizon: int, action_size: int, samples: int, iterations: int, beta: float, sigma: float = 0.6
    ) -> None:
        self.horizon, self.action_size, self.samples, self.iterations = horizon, action_size, samples, iterations
        self.beta, self.sigma = beta, sigma
        self.reset()

    def reset(self) -> None:
        """Discards the last plan and all proposals."""
        self.mean = torch.zeros(self.horizon, self.action_size)
        self.elites = torch.zeros(self.horizon, 0, self.action_size)
        self._proposals: Tensor | None = None

    def propose(self, plans: Tensor) -> None:
        """Adds plans (T, n, A), which begin now, to the next search; they enter it unchanged."""
        self._proposals = plans

    def warm_start(self) -> tuple[Tensor, Tensor]:
        """Returns `mean` and `elites` shifted by one step, the elites with the proposals; clears those."""
        mean, elites = shifted(self.mean, self.elites)
        if self._proposals is not None:
            elites, self._proposals = torch.cat([elites, self._proposals], 1), None
        return mean, elites

    def set_horizon(self, horizon: int) -> None:
        """Changes the horizon: `mean` and `elites` are cut, or extended by their last action."""
        if horizon != self.horizon:
            at = torch.arange(horizon).clamp_max(self.horizon - 1)
            self.horizon, self.mean, self.elites = horizon, self.mean[at], self.elites[at]

    def state_dict(self) -> dict[str, Tensor]:
        """Returns what it carries over to the next decision."""
        return {"mean": self.mean, "elites": self.elites}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Loads what `state_dict` returned, and takes over its horizon."""
        self.mean, self.elites = state["mean"], state["elites"]
        self.horizon, self._proposals = len(self.mean), None

    @abstractmethod
    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Searches for cheap plans.

        Args:
            evaluate: Maps plans (T, B, A), each action between -1 and 1, to costs (B,).
            generator: Source of random numbers.

        Returns:
            The plans (T, B, A) that were evaluated last, in that order, and their costs (B,).
        """


def shifted(mean: Tensor, elites: Tensor) -> tuple[Tensor, Tensor]:
    """Returns plans (T, ...) shifted by one step: the first action is dropped, the last one is repeated."""
    return torch.cat([mean[1:], mean[-1:]]), torch.cat([elites[1:], elites[-1:]])


def replace_nonfinite(costs: Tensor) -> Tensor:
    """Returns costs in which nan and infinity, of futures that break the model, are plus infinity."""
    return torch.where(costs.isfinite(), costs, math.inf)
