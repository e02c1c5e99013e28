"""A drive of one's own: housecat watch --objective examples/my_drives.py:LovesRed=2."""

import torch
from torch import Tensor

from intrinsic import BODY, THINGS, Memory, Objective, View


class LovesRed(Objective):
    """Loves red things: costs the distance (m) to the nearest one, and 10 where there is none."""

    reads = frozenset({"senses.body", "senses.things"})
    unit = 1.0  # a metre counts as one

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the distance (m), shape (*lead,)."""
        body, things = view["senses.body"], view["senses.things"]
        red, green, blue = things[..., THINGS.rgb].unbind(-1)
        wanted = (red > 0.6) & (green < 0.4) & (blue < 0.4) & (things[..., THINGS.present] > 0.5)
        offset = things[..., THINGS.position_xy] - body[..., None, BODY.position]
        distance: Tensor = torch.linalg.vector_norm(offset, dim=-1)
        return distance.masked_fill(~wanted, 10.0).amin(-1)
