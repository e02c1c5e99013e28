"""The critic: what each drive will cost from here on, as a distribution."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from agent.sight import Sight
from agent.world_model import WorldModel

QUANTILES = 9


class Critic(nn.Module):
    """Quantiles of the discounted cost to come, per drive, read from the body's view of its surroundings.

    Source: quantile regression after Dabney et al. 2017, arXiv 1710.10044, with bootstrapped
    targets from a slowly following copy. LeCun 2022 (section 3.3) calls it the trainable critic.

    Args:
        world_model: Whose geometry it sees through; its parameters are not the critic's.
        drives: Names of the costs that it anticipates.
        discount: Per control step.
    """

    def __init__(self, world_model: WorldModel, drives: tuple[str, ...], discount: float, hidden: int = 64) -> None:
        super().__init__()
        self.drives, self.discount = drives, discount
        own, pair = world_model.own_size, world_model.pair_size
        self.net = _CriticNet(own, pair, hidden, len(drives) * QUANTILES)
        self.target = copy.deepcopy(self.net).requires_grad_(False)
        self.levels: Tensor
        self.register_buffer("levels", (torch.arange(QUANTILES) + 0.5) / QUANTILES)
        self.least: Tensor
        self.most: Tensor
        self.register_buffer("least", torch.zeros(len(drives)))
        self.register_buffer("most", torch.zeros(len(drives)))

    def forward(self, sight: Sight) -> Tensor:
        """Returns quantiles (B, drives, QUANTILES) of the cost to come."""
        return self._shaped(self.net(sight.own.detach(), sight.pair.detach()))

    def _shaped(self, out: Tensor) -> Tensor:
        return out.view(*out.shape[:-1], len(self.drives), QUANTILES)

    def expect(self, sight: Sight) -> Tensor:
        """Returns the expected cost to come, (B, drives), within what costs that were lived can add up to.

        Unbounded, a planner finds the states where the critic errs, such as a pain that will be less than none.
        """
        expected = self._shaped(self.net(sight.own, sight.pair)).mean(-1)
        return torch.minimum(torch.maximum(expected, self.least / (1 - self.discount)), self.most / (1 - self.discount))

    @torch.no_grad()
    def note(self, costs: Tensor) -> None:
        """Notes costs that were lived, (drives,), which bound what is expected."""
        costs = torch.nan_to_num(costs, 0.0, 0.0, 0.0)
        self.least.copy_(torch.minimum(self.least, costs))
        self.most.copy_(torch.maximum(self.most, costs))

    def loss(self, before: Sight, after: Sight, cost: Tensor) -> Tensor:
        """Returns the quantile Huber loss of transitions with costs (B, drives)."""
        with torch.no_grad():
            future = self._shaped(self.target(after.own, after.pair))
            goal = cost.unsqueeze(-1) + self.discount * future
        off = goal.unsqueeze(-2) - self(before).unsqueeze(-1)  # (B, drives, predicted, target)
        weight = (self.levels[:, None] - (off.detach() < 0).float()).abs()
        loss: Tensor = nn.functional.huber_loss(off, torch.zeros_like(off), reduction="none")
        mean: Tensor = (weight * loss).mean()
        return mean

    @torch.no_grad()
    def follow(self, rate: float = 0.01) -> None:
        """Moves the target a little towards the critic."""
        for slow, fast in zip(self.target.parameters(), self.net.parameters(), strict=True):
            slow.lerp_(fast, rate)


class _CriticNet(nn.Module):
    def __init__(self, own: int, pair: int, hidden: int, out: int) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Linear(own + pair, hidden), nn.SiLU(), nn.Linear(hidden, hidden))
        last = nn.Linear(hidden, out)
        nn.init.zeros_(last.weight)  # a newborn expects nothing
        nn.init.zeros_(last.bias)
        self.judge = nn.Sequential(nn.Linear(own + hidden, hidden), nn.SiLU(), last)

    def forward(self, own: Tensor, pair: Tensor) -> Tensor:
        seen = self.look(torch.cat([pair, own.unsqueeze(-2).expand(*pair.shape[:-1], -1)], -1))
        judged: Tensor = self.judge(torch.cat([own, nn.functional.silu(seen).sum(-2)], -1))
        return judged
