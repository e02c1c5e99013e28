"""Which things were in sight before and after a step, and errors without those of things that were not."""

from __future__ import annotations

import torch
from torch import Tensor

from housecat.core.obs_layout import THINGS

SEEN = 0.999  # presence of what is seen; what is believed has less


def seen_throughout(before: Tensor, after: Tensor) -> Tensor:
    """Returns which things were in sight both before and after a step.

    Args:
        before: Rows of things before it (..., K, F).
        after: Rows of the same things after it (..., K, F).

    Returns:
        Truth values (..., K).
    """
    return (before[..., THINGS.present] > SEEN) & (after[..., THINGS.present] > SEEN)


def mask_unseen(error: Tensor, seen: Tensor | None) -> Tensor:
    """Sets errors of things that were not in sight to 0.

    Args:
        error: Errors (E, B, N, Z) of tokens: the body's, those of k things, and others.
        seen: Which of the things were in sight throughout the step, 0 or 1 (B, k); None where all were.

    Returns:
        The errors (E, B, N, Z).
    """
    if seen is None:
        return error
    k = seen.shape[1]
    return torch.cat([error[:, :, :1], error[:, :, 1 : 1 + k] * seen.unsqueeze(-1), error[:, :, 1 + k :]], 2)
