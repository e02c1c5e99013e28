"""Exploration noise: how a newborn mind moves at first, and the control that curious minds are compared with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent.actor.planners import colored_noise

BLOCK = 64  # steps sampled at once
BETA = 1.5  # exponent of the colored noise
AMPLITUDE = 0.7  # standard deviation before clamping


def noise_block(action_size: int, generator: torch.Generator) -> Tensor:
    """Returns `BLOCK` actions of smooth noise, (BLOCK, action_size), each between -1 and 1."""
    return (AMPLITUDE * colored_noise(BETA, BLOCK, (action_size,), generator)).clamp(-1, 1)


def exploration_noise(action_size: int, steps: int, seed: int) -> npt.NDArray[np.float32]:
    """Returns the actions of a whole run of exploration noise, (steps, action_size), each between -1 and 1."""
    generator = torch.Generator().manual_seed(seed)
    blocks = [noise_block(action_size, generator) for _ in range(-(-steps // BLOCK))]
    return torch.cat(blocks)[:steps].numpy()
