"""DAgger: for some segments the policy acts, and the planner labels its states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

MIN_DECISIONS = 500  # decisions of the planner before the first segment
SEGMENT_STEPS = 40  # control steps of a segment


class DaggerSchedule:
    """Chooses random segments of some seconds in which the policy acts although it is not trusted yet.

    The planner goes on planning in these segments, and the policy learns from what it would have done: so it learns to
    recover from states that its own errors lead to, which the planner itself never visits. Pain ends a segment.

    Source: dataset aggregation (DAgger), Ross, Gordon and Bagnell 2011, arXiv 1011.0686, algorithm 3.1, with planning
    as the expert. We differ in mixing segments of one life, and not rounds of episodes.

    Args:
        fraction: Fraction of segments in which the policy acts; 0 for none.
    """

    def __init__(self, fraction: float) -> None:
        self.fraction = fraction
        self.steps_left, self.active = 0, False

    def decide(self, decisions: int, generator: torch.Generator) -> bool:
        """Returns whether the policy acts in this step.

        Args:
            decisions: Number of decisions that the planner has made so far.
            generator: Source of random numbers.
        """
        if not self.fraction or decisions < MIN_DECISIONS:
            return False
        if self.steps_left <= 0:
            self.steps_left, self.active = SEGMENT_STEPS, bool(torch.rand((), generator=generator) < self.fraction)
        self.steps_left -= 1
        return self.active

    def observe(self, hurt: bool) -> None:
        """Ends the segment if the last step hurt."""
        self.active = self.active and not hurt

    def state_dict(self) -> dict[str, Any]:
        """Returns how long the current segment goes on, and whether the policy acts in it."""
        return {"steps_left": self.steps_left, "active": self.active}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        self.steps_left, self.active = state["steps_left"], state["active"]
