"""A drive of one's own: housecat watch --objective examples/my_drives.py:LovesRed=2."""

import torch
from torch import Tensor

from intrinsic import Memory, Objective, View


class LovesRed(Objective):
    """Loves red things: costs the distance (m) to the nearest one, and 10 where there is none."""

    reads = frozenset({"senses.body", "senses.things"})
    unit = 1.0  # a metre counts as one

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the distance (m), shape (*lead,)."""
        body, things = view["senses.body"], view["senses.things"]
        red = (things[..., 11] > 0.6) & (things[..., 12:14].amax(-1) < 0.4) & (things[..., -1] > 0.5)  # rgb, present
        distance: Tensor = torch.linalg.vector_norm(things[..., 0:2] - body[..., None, 0:2], dim=-1)
        return distance.masked_fill(~red, 10.0).amin(-1)
