"""Tries: the reflex acts for a while and planning looks on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

FIRST = 500  # choices of planning, before the first try
LONG = 40  # control steps of a try, or of none


class DaggerSchedule:
    """Decides by chance, for stretches of some seconds, whether the reflex acts although it is not trusted.

    Planning goes on meanwhile, and says what it would have done: so the reflex learns from where it ends up itself, and
    how to mend that. From planning's own ways alone, which never lead there, it does not. A try ends when it hurts.

    Source: dataset aggregation (DAgger), Ross, Gordon and Bagnell 2011, arXiv 1011.0686, algorithm 3.1, with planning
    as the expert. We differ in the unit that chance decides about, a stretch of one life and not a round of episodes.

    Args:
        share: Of stretches that are tries; 0 for none.
    """

    def __init__(self, share: float) -> None:
        self.share = share
        self.left, self.trying = 0, False

    def decide(self, choices: int, generator: torch.Generator) -> bool:
        """Decides about a step, after so many choices of planning."""
        if not self.share or choices < FIRST:
            return False
        if self.left <= 0:
            self.left, self.trying = LONG, bool(torch.rand((), generator=generator) < self.share)
        self.left -= 1
        return self.trying

    def live(self, hurt: bool) -> None:
        """Takes in a lived step."""
        self.trying = self.trying and not hurt

    def state_dict(self) -> dict[str, Any]:
        """Returns how long the current stretch goes on, and whether the policy acts in it."""
        return {"left": self.left, "trying": self.trying}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        self.left, self.trying = state["left"], state["trying"]
