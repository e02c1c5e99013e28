"""What every planner is: what it looks for, and what it carries over from one decision to the next."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

import torch
from torch import Tensor

Evaluate = Callable[[Tensor], Tensor]


class Planner(ABC):
    """Looks for cheap plans, and carries what it found over to the next decision.

    Attributes:
        mean: (T, A) the plan that the next search begins around, one step later.
        kept: (T, n, A) plans that enter the next search as they are, one step later.
        differentiates: Whether it asks for gradients of costs.

    Args:
        horizon: Steps planned, T.
        actions: Size of an action, A, each from -1 to 1.
        samples: Plans side by side.
        iterations: Per decision.
        beta: Colour of the noise that plans are drawn with.
        sigma: Standard deviation of that noise, to begin with.
    """

    differentiates: ClassVar[bool] = False

    def __init__(
        self, horizon: int, actions: int, samples: int, iterations: int, beta: float, sigma: float = 0.6
    ) -> None:
        self.horizon, self.actions, self.samples, self.iterations = horizon, actions, samples, iterations
        self.beta, self.sigma = beta, sigma
        self.reset()

    def reset(self) -> None:
        """Forgets the last plan."""
        self.mean = torch.zeros(self.horizon, self.actions)
        self.kept = torch.zeros(self.horizon, 0, self.actions)
        self._suggested: Tensor | None = None

    def suggest(self, plans: Tensor) -> None:
        """Takes plans (T, n, A) of now that enter the next search, once, as they are."""
        self._suggested = plans

    def recall(self) -> tuple[Tensor, Tensor]:
        """Returns `mean` and `kept` as they read now, one step later, with what was suggested among the latter."""
        mean, kept = later(self.mean, self.kept)
        if self._suggested is not None:
            kept, self._suggested = torch.cat([kept, self._suggested], 1), None
        return mean, kept

    def stretch(self, horizon: int) -> None:
        """Looks so many steps ahead from now on; plans that are kept go on as they end, or are cut."""
        if horizon != self.horizon:
            at = torch.arange(horizon).clamp_max(self.horizon - 1)
            self.horizon, self.mean, self.kept = horizon, self.mean[at], self.kept[at]

    @abstractmethod
    def plan(self, evaluate: Evaluate, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Looks for cheap plans.

        Args:
            evaluate: From plans (T, B, A), each action from -1 to 1, to costs (B,).
            generator: Random numbers.

        Returns:
            The plans (T, B, A) that `evaluate` saw last, in that order, and their costs (B,).
        """


def later(mean: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """Returns plans (T, ...) as they read one step later: the first action is done, the last one is repeated."""
    return torch.cat([mean[1:], mean[-1:]]), torch.cat([kept[1:], kept[-1:]])


def finite(costs: Tensor) -> Tensor:
    """Returns costs in which a future that breaks the model is the worst there is."""
    return torch.where(costs.isfinite(), costs, math.inf)
