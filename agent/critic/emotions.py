"""Emotions: six numbers that are defined on cost, critic, prediction error and plans."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from intrinsic.running_moments import ExponentialMoments

FULL_PAIN = 5.0  # cost of a control step at a damage of 1/s; a cost of 1 is a damage of 0.2/s
EMOTIONS = ("fear", "elation", "surprise", "curiosity", "boredom", "frustration")


def squash(x: float) -> float:
    """Returns 1 - exp(-x) for x > 0, which rises to 1; otherwise 0, also for nan."""
    return 1.0 - math.exp(-x) if x > 0.0 else 0.0


class Emotions:
    """Computes emotions from quantities that a mind computes anyway; they are for display, and nothing depends on them.

    With V the critic's expected future cost, C the cost of the step, gamma the discount, bars for running means over
    about a minute, and squash(x) = 1 - exp(-max(0, x)), so that each lies in 0 to 1:

    - fear = squash((V_pain - bar V_pain) / P): expected pain above its baseline, with P = 5, the cost of one control
      step at full damage.
    - elation = squash((r - dev r) / (3 dev r + 1)), with r = V - C - gamma V': how much better a step turned out
      than expected, summed over all drives (the negative temporal-difference error of the cost), above its usual
      deviation.
    - surprise = squash((e - bar e) / 3 dev e), with e the energy between predicted and actual latent.
    - curiosity = squash(I / bar I) scaled to 1 at three times the mean, with I the expected information gain of the
      chosen plan (the ensemble's disagreement along it).
    - boredom = 1 - I / max I of the life so far, slowly averaged: a lasting lack of anything to learn.
    - frustration = squash(mean of (C - predicted C) / dev C over the last ten seconds): costs persistently above what
      plans predicted.

    Source: emotions as outcomes that the critic anticipates, LeCun 2022, section 8.2.1; surprise as prediction
    energy, same, section 4. The formulas are ours.
    """

    def __init__(self) -> None:
        self.fear_level = ExponentialMoments(300.0)
        self.relief = ExponentialMoments(300.0)
        self.energy = ExponentialMoments(300.0)
        self.information = ExponentialMoments(300.0)
        self.recent_information = ExponentialMoments(50.0)
        self.cost = ExponentialMoments(300.0)
        self.broken_promise = ExponentialMoments(25.0)
        self.most_information = 1e-6

    def update(
        self,
        anticipated_pain: float,
        relief: float,
        energy: float,
        information: float | None,
        cost: float,
        predicted_cost: float | None,
    ) -> dict[str, float]:
        """Updates the running values with one control step.

        Args:
            anticipated_pain: V_pain after the step.
            relief: V - C - gamma V', summed over all drives.
            energy: Prediction energy of the step.
            information: Expected information gain of the chosen plan; None without a plan.
            cost: Weighted cost of the step.
            predicted_cost: The cost that the plan predicted for the step; None without a plan.

        Returns:
            Each of `EMOTIONS`, from 0 to 1.
        """
        emotions = {
            "fear": squash((anticipated_pain - self.fear_level.mean) / FULL_PAIN),
            "elation": squash((relief - self.relief.deviation) / (3.0 * self.relief.deviation + 1.0)),
            "surprise": squash((energy - self.energy.mean) / (3.0 * self.energy.deviation + 1e-6)),
            "curiosity": 0.0,
            "boredom": 0.0,
        }
        self.fear_level.update(anticipated_pain)
        self.relief.update(relief)
        self.energy.update(energy)
        self.cost.update(cost)
        if information is not None:
            emotions["curiosity"] = min(1.0, squash(information / (self.information.mean + 1e-6)) / squash(3.0))
            self.information.update(information)
            self.recent_information.update(information)
            # The maximum decays: an early outlier would otherwise keep boredom high for the whole life.
            self.most_information = max(self.most_information * 0.999, self.recent_information.mean)
            emotions["boredom"] = min(1.0, max(0.0, 1.0 - self.recent_information.mean / self.most_information))
        if predicted_cost is not None:
            self.broken_promise.update((cost - predicted_cost) / (self.cost.deviation + 1e-3))
        emotions["frustration"] = squash(self.broken_promise.mean)
        return emotions

    def state_dict(self) -> dict[str, Any]:
        """Returns the running values as plain numbers."""
        return {k: asdict(v) if isinstance(v, ExponentialMoments) else v for k, v in vars(self).items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        for name in vars(self):
            value = state[name]
            setattr(self, name, ExponentialMoments(**value) if isinstance(value, dict) else value)
