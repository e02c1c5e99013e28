"""Movement: a cost of standing still."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from housecat.core.obs_layout import BODY
from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Memory, View


class Movement(Hardwired):
    r"""Costs standing still.

    Formula: ``cost = max(0, 1 - speed / 0.4)``, with the speed over the floor in m/s: none counts as one, a brisk
    walk costs nothing.

    Source: the forward reward of Gymnasium's locomotion tasks, here in any direction and satisfied at a walk, so that
    it wakes a body up and does not make it run.

    Reads: ``senses.body`` (\*lead, n), of which the columns `BODY.velocity`, in the room's frame (m/s).

    Weaknesses: driving in circles has no cost either, nor has being pushed.
    """

    reads = frozenset({"senses.body"})
    unit = 1.0
    walk: ClassVar[float] = 0.4  # m/s

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns what is missing to a walk (0 to 1), shape (*lead,)."""
        # The floor under the root keeps its gradient finite at rest.
        speed = torch.sqrt(view["senses.body"][..., BODY.velocity].square().sum(-1) + 1e-12)
        return (1.0 - speed / self.walk).clamp_min(0.0)
