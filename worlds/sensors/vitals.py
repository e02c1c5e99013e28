"""How a body is: its energy, the warmth of its skin, and the damage that heat does."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Warmth of the skin (deg C) follows what is below it; above PAIN_FROM it hurts, fully at PAIN_FULL.
AMBIENT, PLATE_HEAT, PAIN_FROM, PAIN_FULL = 22.0, 70.0, 42.0, 67.0
WARMING, COOLING = 0.25, 1.0  # time constants (s)
RESTING, WORKING, FEEDING = 0.0004, 0.0010, 0.10  # energy per second: spent at rest, at full effort, and gained


@dataclass
class Vitals:
    """The state of a body.

    Attributes:
        energy: From 0, exhausted, to 1, full.
        temperature: Of the skin (deg C).
    """

    energy: float = 1.0
    temperature: float = AMBIENT

    def step(self, seconds: float, effort: float, fed: bool, heat: float) -> bool:
        """Moves on in time.

        Args:
            seconds: How long.
            effort: Mean squared action, 0 to 1.
            fed: Whether a feeder is touched.
            heat: Of the ground: 0 as the room, 1 as hot as a plate gets.

        Returns:
            Whether it gained energy.
        """
        before = self.energy
        self.add_energy(seconds * (FEEDING * fed - RESTING - WORKING * effort))
        target, pace = (AMBIENT + heat * (PLATE_HEAT - AMBIENT), WARMING) if heat > 0 else (AMBIENT, COOLING)
        self.temperature += (target - self.temperature) * (1.0 - math.exp(-seconds / pace))
        return self.energy > before

    def add_energy(self, energy: float) -> None:
        """Adds energy, or takes it away, within 0 to 1."""
        self.energy = min(1.0, max(0.0, self.energy + energy))

    @property
    def damage(self) -> float:
        """Damage rate (1/s), from 0 to 1."""
        return min(1.0, max(0.0, (self.temperature - PAIN_FROM) / (PAIN_FULL - PAIN_FROM)))
