"""Predicts the vitals: a hot plate damages, a feeder feeds."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HIDDEN = 32
MESSAGE_SIZE = 8  # numbers by which things act on the vitals


class VitalsHead(nn.Module):
    """Predicts the change of the vitals from themselves and from the things near the body after its move.

    Its inputs are the vitals, and the proximity and appearance of things, and no others: burns and meals are so rare
    that a net which also gets wheels, joints and bearings memorises them. Minds that predicted vitals and motion with
    one net predicted after 3,000 to 4,000 steps that damage stays constant, on the plate and off it. One net serves all
    members of the ensemble: it is about things that they are to disagree, and the time is better spent there.

    Args:
        vitals: Number of vitals, V.
        features: Number of features of a thing: proximity and appearance.
    """

    def __init__(self, vitals: int, features: int) -> None:
        super().__init__()
        self.thing_net = nn.Sequential(nn.Linear(features, HIDDEN), nn.Hardswish())
        self.message = nn.Linear(HIDDEN, MESSAGE_SIZE)
        last = nn.Linear(HIDDEN, vitals)
        nn.init.zeros_(last.weight)  # a newborn predicts no change
        nn.init.zeros_(last.bias)
        self.change_net = nn.Sequential(nn.Linear(vitals + MESSAGE_SIZE, HIDDEN), nn.Hardswish(), last)

    def forward(self, vitals: Tensor, things: Tensor) -> Tensor:
        """Returns the change of vitals (B, V) near things (B, k, features), in units of their typical change (B, V)."""
        change: Tensor = self.change_net(torch.cat([vitals, self.message(self.thing_net(things).sum(1))], -1))
        return change

    def effects(self, vitals: Tensor, things: Tensor) -> Tensor:
        """Returns the effect of each thing (B, k, V): the change with it less the change without it; see `forward`."""
        hidden = self.thing_net(things)
        others = hidden.sum(1, keepdim=True) - hidden
        without = torch.cat([vitals.unsqueeze(1).expand(*others.shape[:2], -1), self.message(others)], -1)
        effect: Tensor = self(vitals, things).unsqueeze(1) - self.change_net(without)
        return effect
