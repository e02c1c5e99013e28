"""Counts updates with losses or gradients that are not finite, and stops training after too many."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

log = logging.getLogger(__name__)

MAX_IN_A_ROW = 20  # control steps in a row with a skipped update, after which training stops
SKIPPED, STOPPED = "update skipped", "learning stopped"


class NanGuard:
    """Counts the updates that were skipped because a loss or its gradient was not finite.

    A single bad batch must not spoil a mind: its update is skipped, counted and reported as an event. After
    `MAX_IN_A_ROW` control steps in a row, training stops; the life goes on without it.

    Attributes:
        total: Number of control steps with a skipped update.
        in_a_row: Number of the latest control steps in a row with a skipped update.
        new_events: Events of the last control step.
    """

    def __init__(self) -> None:
        self.total = self.in_a_row = 0
        self.new_events: list[dict[str, Any]] = []

    @property
    def stopped(self) -> bool:
        """Whether training has stopped."""
        return self.in_a_row >= MAX_IN_A_ROW

    def record_losses(self, losses: Mapping[str, float], all_finite: bool, cause: str) -> None:
        """Records the losses of one control step.

        Args:
            losses: Losses by name.
            all_finite: Whether all optimizers took their steps.
            cause: What a person may look at first where they did not.
        """
        not_finite = [name for name, loss in losses.items() if not math.isfinite(loss)] or ["a gradient"]
        self.record([] if all_finite else not_finite, cause)

    def record(self, skipped: Sequence[str], cause: str) -> None:
        """Records which updates of one control step were skipped.

        Args:
            skipped: Names of the losses that were not finite; empty when no update was skipped.
            cause: What a person may look at first.
        """
        if not skipped:
            self.in_a_row = 0
            return
        self.total += 1
        self.in_a_row += 1
        names = ", ".join(skipped)
        self.new_events.append({"event": SKIPPED, "losses": list(skipped), "total": self.total})
        if self.in_a_row == 1:
            log.warning("not learnt from this step: %s is not finite", names)
        if self.stopped:
            words = f"learning stopped: {names} was not finite {MAX_IN_A_ROW} steps in a row; {cause}"
            self.new_events.append({"event": STOPPED, "error": words})
            log.warning("%s. The life goes on without learning", words)

    def state_dict(self) -> dict[str, int]:
        """Returns the counts."""
        return {"total": self.total, "in_a_row": self.in_a_row}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Loads what `state_dict` returned."""
        self.total, self.in_a_row = state["total"], state["in_a_row"]
