"""A ring buffer of senses; base of the replay buffer and of the distillation buffer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.encoder import Senses


class RingBuffer:
    """Preallocated storage of moments by their senses; the oldest are overwritten.

    Subclasses keep further values of each moment in tensors of their own, at the same rows.

    Args:
        senses: Example senses, without leading shape.
        capacity: Number of moments that are kept.

    Attributes:
        senses: Storage by name, (capacity, ...).
        count: Number of moments that were ever written; the next one goes to row ``count % capacity``.
    """

    def __init__(self, senses: Senses, capacity: int) -> None:
        self.capacity, self.count = capacity, 0
        self.senses = {name: value.new_zeros((capacity, *value.shape)) for name, value in senses.items()}

    @property
    def size(self) -> int:
        """Number of moments that are kept."""
        return min(self.count, self.capacity)

    @property
    def order(self) -> Tensor:
        """Rows of the moments (size,), the oldest first."""
        return self.latest(self.size)

    def latest(self, moments: int) -> Tensor:
        """Returns the rows of the latest moments (moments,), the oldest of them first."""
        return (torch.arange(moments) + self.count - moments) % self.capacity

    def senses_at(self, rows: Tensor) -> Senses:
        """Returns the senses in these rows, by name (*rows.shape, ...)."""
        return {name: stored[rows] for name, stored in self.senses.items()}

    def append(self, senses: Senses) -> int:
        """Writes the senses of a moment, and returns their row."""
        row = self.count % self.capacity
        for name, stored in self.senses.items():
            stored[row] = senses[name]
        self.count += 1
        return row

    def widen(self, things: int) -> None:
        """Makes place for more things per moment; in moments of fewer things, the others are absent."""
        with torch.inference_mode(False):  # storage made while acting is used for training, too
            self._pad_things(things - self.senses["things"].shape[1])

    def _pad_things(self, more: int) -> None:
        """Adds rows of zeros for so many more things; subclasses pad their own tensors as well."""
        self.senses["things"] = nn.functional.pad(self.senses["things"], (0, 0, 0, more))
