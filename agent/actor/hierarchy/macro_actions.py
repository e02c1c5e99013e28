"""Macro-actions: codes of the actions of several control steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MACRO_ACTION_SIZE = 4  # numbers per macro-action
CODE_NOISE = 0.2  # standard deviation in codes between -1 and 1: about two bits per number remain


class MacroEncoder(nn.Module):
    """Encodes sequences of actions as macro-actions, each number between -1 and 1.

    The encoder is trained together with the macro dynamics, which predicts from its codes. Noise limits the information
    in a code during training: codes then describe what matters for where the body gets to, fill their whole range, and
    leave few codes without meaning, so that a planner may try any.

    Source: the action encoder of HWM (Zhang et al. 2026, arXiv 2604.03208), which encodes a sequence of actions as a
    latent that the planner searches over. We differ in bounding the code and adding noise to it; theirs is unbounded,
    and the planner needs to know how codes are distributed.

    Args:
        steps: Number of control steps per macro-action.
        actions: Size of an action, A.
        hidden: Width of the hidden layer.
    """

    def __init__(self, steps: int, actions: int, hidden: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(steps * actions, hidden), nn.SiLU(), nn.Linear(hidden, MACRO_ACTION_SIZE))

    def forward(self, actions: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Returns the code (B, MACRO_ACTION_SIZE) of actions (B, steps, A), with noise when a generator is given."""
        code: Tensor = torch.tanh(self.net(actions.flatten(1)))
        if generator is None:
            return code
        return code + CODE_NOISE * torch.randn(code.shape, generator=generator)
