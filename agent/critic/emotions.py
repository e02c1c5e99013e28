"""Emotions: definitions on cost, critic and surprise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from intrinsic.running_moments import ExponentialMoments

FULL_PAIN = 5.0  # the cost of a step of pain at its fullest: 1/s, of which 0.2/s counts as one
EMOTIONS = ("fear", "elation", "surprise", "curiosity", "boredom", "frustration")


def squash(x: float) -> float:
    """Maps 0 and less to 0, and rises to 1: 1 - exp(-x). What is not a number counts as 0."""
    return 1.0 - math.exp(-x) if x > 0.0 else 0.0


class Emotions:
    """Reads emotions off what a mind computes anyway; nothing acts on them, they are the causes made visible.

    With V the critic's anticipated cost, C the lived cost, gamma the discount, bars for running means over about a
    minute, and squash(x) = 1 - exp(-max(0, x)), so that each lies in 0 to 1:

    - fear = squash((V_pain - bar V_pain) / P): anticipated pain above its baseline, with P = 5, the cost of one
      step of pain at its fullest.
    - elation = squash((r - dev r) / (3 dev r + 1)), with r = V - C - gamma V': how much better things turned out
      than was anticipated, over all that the critic anticipates (a negative temporal-difference error of cost),
      beyond its usual wavering.
    - surprise = squash((e - bar e) / 3 dev e), with e the energy between predicted and actual latent.
    - curiosity = squash(I / bar I) scaled to 1 at three times the mean, with I the information that the chosen
      plan is expected to bring (the ensemble's disagreement along it).
    - boredom = 1 - I / max I of the life so far, slowly averaged: the lasting absence of anything to learn.
    - frustration = squash(mean of (C - promised) / dev C over the last ten seconds): cost persistently above what
      plans promised.

    Source: emotions as anticipated outcomes of the critic, LeCun 2022, section 8.2.1; surprise as prediction
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
        promised: float | None,
    ) -> dict[str, float]:
        """Takes in one step.

        Args:
            anticipated_pain: V_pain after the step.
            relief: V - C - gamma V', over all drives.
            energy: Prediction energy of the step.
            information: Expected of the chosen plan; None where none is carried out.
            cost: Lived weighted cost of the step.
            promised: What the plan promised for the step; None where none is carried out.

        Returns:
            Each emotion, 0 to 1.
        """
        felt = {
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
            felt["curiosity"] = min(1.0, squash(information / (self.information.mean + 1e-6)) / squash(3.0))
            self.information.update(information)
            self.recent_information.update(information)
            # The most there ever was fades, or one wild early guess would make all of life dull.
            self.most_information = max(self.most_information * 0.999, self.recent_information.mean)
            felt["boredom"] = min(1.0, max(0.0, 1.0 - self.recent_information.mean / self.most_information))
        if promised is not None:
            self.broken_promise.update((cost - promised) / (self.cost.deviation + 1e-3))
        felt["frustration"] = squash(self.broken_promise.mean)
        return felt

    def state_dict(self) -> dict[str, Any]:
        """Returns the running values as plain numbers."""
        return {k: asdict(v) if isinstance(v, ExponentialMoments) else v for k, v in vars(self).items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned."""
        for name in vars(self):
            value = state[name]
            setattr(self, name, ExponentialMoments(**value) if isinstance(value, dict) else value)
