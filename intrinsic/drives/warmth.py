"""Warmth: a cost of skin temperatures outside a comfortable band."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from housecat.core.obs_layout import VITALS
from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Memory, View


class Warmth(Hardwired):
    r"""Costs how far the skin's temperature is from comfort.

    Formula: ``cost = max(0, 18 - T) + max(0, T - 32)`` in deg C; 10 deg C off count as one.

    Source: homeostatic drive reduction, Keramati and Gutkin, *Homeostatic reinforcement learning for integrating reward
    collection and physiological stability*, eLife 2014, with exponents of one. Two differences, as for
    hunger: the cost is the level of the drive, not its change; and a band is comfortable, not a single value.

    Reads: ``senses.vitals`` (\*lead, 3), see `housecat.core.obs_layout.VITALS`.

    Weaknesses: it reads the temperature of the skin, which follows the ground within a second, not that of the body's
    core. Where a room is never cold, it is a milder form of pain.
    """

    reads = frozenset({"senses.vitals"})
    unit = 10.0  # deg C
    coldest: ClassVar[float] = 18.0
    hottest: ClassVar[float] = 32.0

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns how far off comfort it is (deg C), shape (*lead,)."""
        felt = view["senses.vitals"][..., VITALS.temperature]
        return (self.coldest - felt).clamp_min(0.0) + (felt - self.hottest).clamp_min(0.0)
