"""Hunger: a cost of energy below its setpoint."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from housecat.core.obs_layout import VITALS
from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Memory, View


class Hunger(Hardwired):
    r"""Costs the drive that a lack of energy sets up.

    Formula: ``cost = max(0, 0.7 - energy) ^ (4/3)``; the cost of no energy at all counts as one.

    Source: Keramati and Gutkin, *Homeostatic reinforcement learning for integrating reward collection and
    physiological stability*, eLife 2014: the drive ``D(h) = (sum |h* - h|^n)^(1/m)``, here with one
    need. Two differences. Only a deficit is felt, no surfeit. And the cost is the level of the drive where theirs
    is its change: summed along a plan, changes cancel to the drive at the horizon, so that a meal now and a meal at
    the last moment would be worth the same; the level prefers the meal now.

    Reads: ``senses.vitals`` (\*lead, 3), see `housecat.core.obs_layout.VITALS`.

    Weaknesses: a plan that cannot reach food within its horizon costs the same as one that runs away from it; beyond
    the horizon, only the critic helps. Above the setpoint there is no cost, so agents do not eat in advance.
    """

    reads = frozenset({"senses.vitals"})
    # Of the class, which is sealed, and not of the module, where anybody could set them.
    setpoint: ClassVar[float] = 0.7  # energy below which hunger is felt
    exponent: ClassVar[float] = 4.0 / 3.0  # n / m with n = 4 and m = 3: a drive that steepens as the deficit grows
    unit = setpoint**exponent

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the level of the drive, shape (*lead,)."""
        deficit: Tensor = (self.setpoint - view["senses.vitals"][..., VITALS.energy]).clamp_min(0.0)
        return deficit.pow(self.exponent)
