"""Moving by smooth noise: how a newborn begins, and the control that a curious creature is measured against."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent.actor.planners import colored_noise

BLOCK = 64  # steps drawn at once
BETA = 1.5  # colour of the noise
AMPLITUDE = 0.7


def block(actions: int, generator: torch.Generator) -> Tensor:
    """Returns the next stretch of babbling, (BLOCK, actions), each from -1 to 1."""
    return (AMPLITUDE * colored_noise(BETA, BLOCK, (actions,), generator)).clamp(-1, 1)


def babbling(actions: int, steps: int, seed: int) -> npt.NDArray[np.float32]:
    """Returns a whole life of babbling, (steps, actions)."""
    generator = torch.Generator().manual_seed(seed)
    blocks = [block(actions, generator) for _ in range(-(-steps // BLOCK))]
    return torch.cat(blocks)[:steps].numpy()
