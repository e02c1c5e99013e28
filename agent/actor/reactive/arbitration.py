"""Trust: when habit is good enough, and when to think."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from intrinsic.running_moments import ExponentialMoments

PRACTICE = 100  # plans to have learnt from, before any trust
RECENT = 20.0  # plans, half-life of what is remembered of how far expectations were off
USUAL = 500.0  # steps, half-life of what counts as usual
UNSURE, STARTLED = 1.0, 3.0  # deviations above the usual, of the ensemble's disagreement and of surprise
ALARM = 5  # control steps of planning, a second, after pain or surprise


class ModeArbiter:
    """Decides at each step whether to act by reflex.

    It does where the reflex is expected to do about as well as planning, by an expectation that lately came true, and
    where the last step was as the model thought and its members agreed on it. It does not while it hurts or surprises,
    nor for some steps after. After so many reactions it plans all the same, to see whether the reflex still agrees.

    Source: LeCun 2022, section 3.1.3, where the configurator hands over to Mode-1 what became a skill. The rule is
    ours: regret, in place of distance between actions, since plans may differ in what does not matter; and held against
    what was expected there, or what it cannot do yet would keep it from doing what it can.

    Args:
        tolerance: Regret that is borne, in spreads of plans' costs.
        check: Reactions in a row, at most.
    """

    def __init__(self, tolerance: float, check: int) -> None:
        self.tolerance, self.check = tolerance, check
        self.amiss, self.unsure, self.energy = (
            ExponentialMoments(RECENT),
            ExponentialMoments(USUAL),
            ExponentialMoments(USUAL),
        )
        self.compared = self.row = self.alarm = 0

    def decide(self, regret: float) -> bool:
        """Decides whether to react, where the reflex expects a regret; counts what it decided."""
        able = self.compared >= PRACTICE and regret + max(0.0, self.amiss.mean) <= self.tolerance
        reacts = able and not self.alarm and self.row < self.check
        self.row = self.row + 1 if reacts else 0
        return reacts

    def compare(self, regret: float, expected: float) -> None:
        """Takes in how much dearer the reflex's plan was than the chosen one, and was expected to be."""
        if math.isfinite(regret - expected):
            self.amiss.update(regret - expected)
            self.compared += 1

    def live(self, unsure: float, energy: float, hurt: bool) -> None:
        """Takes in a lived step: how much the model's members disagreed about it, how wrong they were, and pain."""
        usual = self.unsure.mean + UNSURE * self.unsure.deviation, self.energy.mean + STARTLED * self.energy.deviation
        startled = hurt or energy > usual[1]
        self.alarm = ALARM if startled else max(0, self.alarm - 1, int(unsure > usual[0]))
        self.unsure.update(unsure)
        self.energy.update(energy)

    def state_dict(self) -> dict[str, Any]:
        """Returns the running values as plain numbers."""
        running = {name: asdict(getattr(self, name)) for name in ("amiss", "unsure", "energy")}
        return {**running, "compared": self.compared, "row": self.row, "alarm": self.alarm}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        for name in ("amiss", "unsure", "energy"):
            if name in state:  # minds that were saved by an older housecat kept something else
                setattr(self, name, ExponentialMoments(**state[name]))
        self.compared, self.row, self.alarm = state["compared"], state["row"], state["alarm"]
