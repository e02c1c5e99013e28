"""How the vitals change by what is near: a plate burns, a feeder feeds."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HIDDEN = 32
MESSAGE = 8  # what things do to the vitals


class VitalsHead(nn.Module):
    """Predicts the change of the vitals from themselves, and from how near which things are after the body's move.

    It sees nothing else: burns and meals are so rare that a net which also sees wheels, joints and bearings learns
    them by heart. Minds that predicted vitals and motion with one net foresaw after 3,000 to 4,000 steps that damage
    stays what it is, on the plate and off it. One net serves all members of the ensemble: what they disagree on is
    things, and time is better spent there.

    Args:
        vitals: How many there are.
        near: Features that tell how near a thing is, and what it looks like.
    """

    def __init__(self, vitals: int, near: int) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Linear(near, HIDDEN), nn.Hardswish())
        self.message = nn.Linear(HIDDEN, MESSAGE)
        last = nn.Linear(HIDDEN, vitals)
        nn.init.zeros_(last.weight)  # a newborn predicts no change
        nn.init.zeros_(last.bias)
        self.change = nn.Sequential(nn.Linear(vitals + MESSAGE, HIDDEN), nn.Hardswish(), last)

    def forward(self, vitals: Tensor, near: Tensor) -> Tensor:
        """Returns the change (B, V), in units of their typical change, of vitals (B, V) by things (B, k, near)."""
        change: Tensor = self.change(torch.cat([vitals, self.message(self.look(near).sum(1))], -1))
        return change

    def effects(self, vitals: Tensor, near: Tensor) -> Tensor:
        """Returns what each thing does (B, k, V): the change with it less that without it, arguments as of a call."""
        looks = self.look(near)
        rest = looks.sum(1, keepdim=True) - looks
        among = torch.cat([vitals.unsqueeze(1).expand(*rest.shape[:2], -1), self.message(rest)], -1)
        effect: Tensor = self(vitals, near).unsqueeze(1) - self.change(among)
        return effect
