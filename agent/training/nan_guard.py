"""Counts what could not be learnt, and says when learning had better stop."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

log = logging.getLogger(__name__)

ENOUGH = 20  # control steps in a row in which something could not be learnt
SKIPPED, STOPPED = "update skipped", "learning stopped"


class NanGuard:
    """Updates that were skipped because a loss or its gradient was not finite.

    One bad batch must not end a mind: its update is skipped, counted and recorded as an event. Where losses stay not
    finite, the parameters are beyond repair, and learning stops; the mind goes on acting without it.

    Attributes:
        total: Control steps with a skipped update, in all.
        in_a_row: Of them, those up to now without one in which all was well between.
        news: What the last control step is to be known for, as events.
    """

    def __init__(self) -> None:
        self.total = self.in_a_row = 0
        self.new_events: list[dict[str, Any]] = []

    @property
    def stopped(self) -> bool:
        """Whether learning has stopped."""
        return self.in_a_row >= ENOUGH

    def record_losses(self, losses: Mapping[str, float], sound: bool, cause: str) -> None:
        """Takes note of one control step's losses, and of whether all steps down them could be taken."""
        unsound = [name for name, loss in losses.items() if not math.isfinite(loss)] or ["a gradient"]
        self.record([] if sound else unsound, cause)

    def record(self, unsound: Sequence[str], cause: str) -> None:
        """Takes note of one control step's learning.

        Args:
            unsound: What was skipped, by name; empty when all was well.
            cause: What a person may look at first.
        """
        if not unsound:
            self.in_a_row = 0
            return
        self.total += 1
        self.in_a_row += 1
        names = ", ".join(unsound)
        self.new_events.append({"event": SKIPPED, "losses": list(unsound), "total": self.total})
        if self.in_a_row == 1:
            log.warning("not learnt from this step: %s is not finite", names)
        if self.stopped:
            words = f"learning stopped: {names} was not finite {ENOUGH} steps in a row; {cause}"
            self.new_events.append({"event": STOPPED, "error": words})
            log.warning("%s. The life goes on without learning", words)

    def state_dict(self) -> dict[str, int]:
        """Returns the counts."""
        return {"total": self.total, "in_a_row": self.in_a_row}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Loads what `state_dict` returned."""
        self.total, self.in_a_row = state["total"], state["in_a_row"]
