"""The sense ``vitals``: a body's energy, the temperature of its skin, and the damage that heat does."""

from __future__ import annotations

import math
from dataclasses import dataclass

# The skin's temperature (deg C) follows the ground's; damage begins at DAMAGE_FROM and is greatest at DAMAGE_FULL.
AMBIENT, PLATE_HEAT, DAMAGE_FROM, DAMAGE_FULL = 22.0, 70.0, 42.0, 67.0
WARMING, COOLING = 0.25, 1.0  # time constants (s)
RESTING, WORKING, FEEDING = 0.0004, 0.0010, 0.10  # energy per second: spent at rest, at full effort, and gained


@dataclass
class Vitals:
    """The vitals of a body.

    Attributes:
        energy: Energy store, from 0 (empty) to 1 (full).
        temperature: Temperature of the skin (deg C).
    """

    energy: float = 1.0
    temperature: float = AMBIENT

    def step(self, seconds: float, effort: float, fed: bool, heat: float) -> bool:
        """Advances the vitals in time.

        Args:
            seconds: Time that passes (s).
            effort: Mean squared action, 0 to 1.
            fed: Whether the body is being fed.
            heat: Heat of the ground, from 0 (ambient) to 1 (the hottest plate).

        Returns:
            Whether energy increased.
        """
        before = self.energy
        self.add_energy(seconds * (FEEDING * fed - RESTING - WORKING * effort))
        target, pace = (AMBIENT + heat * (PLATE_HEAT - AMBIENT), WARMING) if heat > 0 else (AMBIENT, COOLING)
        self.temperature += (target - self.temperature) * (1.0 - math.exp(-seconds / pace))
        return self.energy > before

    def add_energy(self, energy: float) -> None:
        """Adds energy, which may be negative; the store stays within 0 to 1."""
        self.energy = min(1.0, max(0.0, self.energy + energy))

    @property
    def damage(self) -> float:
        """Damage rate (1/s), from 0 to 1."""
        return min(1.0, max(0.0, (self.temperature - DAMAGE_FROM) / (DAMAGE_FULL - DAMAGE_FROM)))
