"""Effort: a quadratic cost of actions."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Action, Memory, View


class Effort(Hardwired):
    r"""Costs the size of the action.

    Formula: ``cost = mean over A of action^2``, 0 to 1; full effort of every motor counts as one.

    Source: the quadratic control cost of optimal control, as in Gymnasium's locomotion tasks; the mean over the
    motors, not their sum, so that it does not grow with the body.

    Reads: ``action`` (\*lead, A), each -1 to 1.

    Weaknesses: it counts the commands to the motors, not the work they did: pushing against a wall costs as much as
    running. The critic does not anticipate it, because future effort depends on the actions chosen then, not on the
    state now.
    """

    reads = frozenset({"action"})
    unit = 1.0
    anticipated: ClassVar[bool] = False
    actions: ClassVar[frozenset[Action]] = frozenset({"box"})  # choosing one of several takes no effort

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the mean squared action, shape (*lead,)."""
        return view["action"].square().mean(-1)
