"""Macro-actions: what was done over several control steps, in a few numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SIZE = 4  # numbers per macro-action
NOISE = 0.2  # standard deviation, in a code from -1 to 1: about two bits a number get through


class MacroEncoder(nn.Module):
    """Tells stretches of actions as macro-actions, each number from -1 to 1.

    It learns with the model that predicts from its codes. While it learns, noise limits what a code can tell, so that
    it tells what matters for where one gets to, spreads out over all of its range, and leaves few codes that mean
    nothing: a planner may then try any.

    Source: the action encoder of HWM (Zhang et al. 2026, arXiv 2604.03208), which shortens a stretch of actions to a
    latent that the planner searches. We differ in bounding the code and adding noise to it, where theirs is free and
    the planner has to be told how codes are spread.

    Args:
        steps: Control steps per macro-action.
        actions: Size of an action.
    """

    def __init__(self, steps: int, actions: int, hidden: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(steps * actions, hidden), nn.SiLU(), nn.Linear(hidden, SIZE))

    def forward(self, actions: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Returns the code (B, SIZE) of actions (B, steps, A), with noise when a generator is given."""
        code: Tensor = torch.tanh(self.net(actions.flatten(1)))
        if generator is None:
            return code
        return code + NOISE * torch.randn(code.shape, generator=generator)
