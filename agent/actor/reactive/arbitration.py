"""Arbitration between Mode-1 and Mode-2: when the policy is good enough to act without planning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from intrinsic.running_moments import ExponentialMoments

MIN_COMPARISONS = 100  # comparisons with a plan before the policy may act
REGRET_HALF_LIFE = 20.0  # comparisons: half-life of the running error of expected regret
USUAL_HALF_LIFE = 500.0  # steps: half-life of the running statistics of disagreement and energy
DISAGREEMENT_THRESHOLD, SURPRISE_THRESHOLD = (
    1.0,
    3.0,
)  # standard deviations above the mean, of ensemble disagreement and of energy
COOLDOWN_STEPS = 5  # control steps (one second) of planning after pain or surprise


class ModeArbiter:
    """Decides at each step whether the policy acts (Mode-1) or the planner (Mode-2).

    The policy acts where it expects to do about as well as planning, if these expectations were right lately, and if
    the ensemble agreed on the last step and predicted it. The planner acts during pain and surprise and for some steps
    after them, and at least every `check_interval` steps, to compare the policy with it.

    Source: LeCun 2022, section 3.1.3, where the configurator hands over to Mode-1 what became a skill. The rule is
    ours: regret in place of distance between actions, since different actions may be equally good; and regret compared
    with what was expected there, or what the policy cannot do yet would keep it from doing what it can.

    Args:
        tolerance: Largest regret that is accepted, in standard deviations of the plans' costs.
        check_interval: Largest number of consecutive steps without planning.
    """

    def __init__(self, tolerance: float, check_interval: int) -> None:
        self.tolerance, self.check_interval = tolerance, check_interval
        self.regret_error, self.disagreement, self.energy = (
            ExponentialMoments(REGRET_HALF_LIFE),
            ExponentialMoments(USUAL_HALF_LIFE),
            ExponentialMoments(USUAL_HALF_LIFE),
        )
        self.num_compared = self.consecutive = self.cooldown = 0

    def decide(self, regret: float) -> bool:
        """Returns whether the policy acts, given the regret that it expects, and counts consecutive steps of it."""
        reliable = self.num_compared >= MIN_COMPARISONS and regret + max(0.0, self.regret_error.mean) <= self.tolerance
        react = reliable and not self.cooldown and self.consecutive < self.check_interval
        self.consecutive = self.consecutive + 1 if react else 0
        return react

    def compare(self, regret: float, expected: float) -> None:
        """Records the regret of the policy's plan, and the regret that was expected; nan is ignored."""
        if math.isfinite(regret - expected):
            self.regret_error.update(regret - expected)
            self.num_compared += 1

    def observe(self, disagreement: float, energy: float, hurt: bool) -> None:
        """Records a step.

        Args:
            disagreement: Variance of the ensemble's predictions of the step.
            energy: Prediction error of the step.
            hurt: Whether there was pain.
        """
        usual = (
            self.disagreement.mean + DISAGREEMENT_THRESHOLD * self.disagreement.deviation,
            self.energy.mean + SURPRISE_THRESHOLD * self.energy.deviation,
        )
        surprised = hurt or energy > usual[1]
        self.cooldown = COOLDOWN_STEPS if surprised else max(0, self.cooldown - 1, int(disagreement > usual[0]))
        self.disagreement.update(disagreement)
        self.energy.update(energy)

    def state_dict(self) -> dict[str, Any]:
        """Returns the running values as plain numbers."""
        running = {name: asdict(getattr(self, name)) for name in ("regret_error", "disagreement", "energy")}
        return {
            **running,
            "num_compared": self.num_compared,
            "consecutive": self.consecutive,
            "cooldown": self.cooldown,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        for name in ("regret_error", "disagreement", "energy"):
            if name in state:  # minds that were saved by an older housecat kept something else
                setattr(self, name, ExponentialMoments(**state[name]))
        self.num_compared, self.consecutive, self.cooldown = (
            state["num_compared"],
            state["consecutive"],
            state["cooldown"],
        )
