"""Pain: the rate at which the body is damaged, as a cost."""

from __future__ import annotations

from torch import Tensor

from housecat.core.obs_layout import VITALS
from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Memory, View


class Pain(Hardwired):
    r"""Costs the rate at which the body is being damaged.

    Formula: ``cost = max(0, damage rate)``, in 1/s; a rate of 0.2/s counts as one, so that pain at its
    fullest (1/s) outshouts curiosity at its usual volume five times over, at equal weights.

    Source: the immutable intrinsic cost of LeCun, *A Path Towards Autonomous Machine Intelligence*, 2022,
    section 3.2. That it is linear in the rate of damage is a choice made here.

    Reads: ``senses.vitals`` (\*lead, 3), see `housecat.core.obs_layout.VITALS`.

    Weaknesses: it costs damage only while it happens; all foresight is the planner's and the critic's. It does not
    habituate, and does not distinguish kinds of damage.
    """

    reads = frozenset({"senses.vitals"})
    unit = 0.2  # 1/s

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the damage rate (1/s), shape (*lead,)."""
        return view["senses.vitals"][..., VITALS.damage].clamp_min(0.0)
