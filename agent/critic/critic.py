"""The critic: what each drive will cost from here on, as a distribution, and the chance that it strikes."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures
from agent.world_model.world_model import WorldModel

ATOMS = 31
SYMLOG_RANGE = 6.0  # symexp of it, 402, is the largest future cost that can be represented
EVENT_HORIZON = 20  # control steps over which the time of a drive's next event is predicted
EVENT_SHARE = 0.1  # of the highest cost that was lived: from there on a drive strikes
CALM = 4.0  # log odds of a newborn that nothing comes


class CriticOutput(NamedTuple):
    """What the critic says per drive.

    Attributes:
        logits: (B, drives, ATOMS) of the discounted cost to come being each of the atoms.
        event_logits: (B, drives, EVENT_HORIZON) log odds that the drive strikes within 1, 2, ... steps.
    """

    logits: Tensor
    event_logits: Tensor


class Critic(nn.Module):
    """The distribution of the discounted cost to come, per drive, read from the body's view of its surroundings.

    It learns from what was lived and from dreams (`agent.critic.synthetic_transitions`), in which the body goes where
    it does not go in life: a mind that avoids what hurts would else have hardly anything to learn fear from.

    Beside what will be paid it tells how likely each drive strikes within one step, two, and so on: as u_1 = c and
    u_h = c + (1 - c) u_(h-1) of the next moment, where c is 1 when a step strikes. No horizon learns from itself.

    Source: LeCun 2022, section 3.3 (trainable critic). Distributions over fixed atoms by Bellemare et al. 2017, arXiv
    1707.06887, algorithm 1, spaced as in Hafner et al. 2023, arXiv 2301.04104; targets from a slowly following copy.
    Quantiles (Dabney et al. 2017) were left: nine do not see what happens less than once in eighteen times, and pain
    is such. Chances within fixed horizons after De Asis et al. 2020, arXiv 1909.03906, equation 5, of whether in
    place of how much.

    Args:
        world_model: Whose geometry it sees through; its parameters are not the critic's.
        drives: Names of the costs that it anticipates.
        discount: Per control step, of the cost to come.
    """

    def __init__(self, world_model: WorldModel, drives: tuple[str, ...], discount: float, hidden: int = 64) -> None:
        super().__init__()
        self.drives, self.discount = drives, discount
        own, pair = world_model.own_size, world_model.pair_size
        self.net = _CriticNet(own, pair, hidden, len(drives))
        self.target = copy.deepcopy(self.net).requires_grad_(False)
        self.atoms: Tensor
        line = torch.linspace(-SYMLOG_RANGE, SYMLOG_RANGE, ATOMS)
        self.register_buffer("atoms", line.sign() * torch.expm1(line.abs()), persistent=False)
        self.least: Tensor
        self.most: Tensor
        self.register_buffer("least", torch.zeros(len(drives)))
        self.register_buffer("most", torch.zeros(len(drives)))

    def adapted(self, saved: Mapping[str, Tensor], drives: tuple[str, ...]) -> dict[str, Tensor]:
        """Returns its `state_dict` with what a critic of other drives learnt, as far as it fits.

        Args:
            saved: The `state_dict` of the other critic.
            drives: What that one anticipates.
        """
        state = self.state_dict()
        by_drive = {"least", "most", *(name for name in state if name.endswith(("judge.2.weight", "judge.2.bias")))}
        for name, value in saved.items():
            if name in by_drive:
                for i, drive in enumerate(self.drives):
                    if drive in drives:  # its rows of the last layer
                        j, rows = drives.index(drive), len(value) // len(drives)
                        state[name][i * rows : (i + 1) * rows] = value[j * rows : (j + 1) * rows]
            elif name in state and state[name].shape == value.shape:
                state[name] = value
        return state

    def forward(self, sight: EgoFeatures) -> CriticOutput:
        """Forecasts what comes after what is seen."""
        forecast: CriticOutput = self.net(sight.own.detach(), sight.pair.detach())
        return forecast

    def expected_cost(self, sight: EgoFeatures) -> Tensor:
        """Returns the expected cost to come, (B, drives).

        It lies within what costs that were lived can add up to: unbounded, a planner finds the states where the critic
        errs, such as a pain that will be less than none.
        """
        return self.expected_cost_of(self.net(sight.own, sight.pair))

    def expected_cost_of(self, forecast: CriticOutput) -> Tensor:
        """Returns the same of a forecast."""
        expected = forecast.logits.softmax(-1) @ self.atoms
        return torch.minimum(torch.maximum(expected, self.least / (1 - self.discount)), self.most / (1 - self.discount))

    def event_probability(self, sight: EgoFeatures) -> Tensor:
        """Returns the chances (B, drives, EVENT_HORIZON) that each drive strikes within 1, 2, ... control steps."""
        chance: Tensor = self(sight).event_logits.sigmoid()
        return chance

    @torch.no_grad()
    def update_cost_bounds(self, costs: Tensor) -> None:
        """Notes costs that were lived, (drives,), which bound what is expected."""
        costs = torch.nan_to_num(costs, 0.0, 0.0, 0.0)
        self.least.copy_(torch.minimum(self.least, costs))
        self.most.copy_(torch.maximum(self.most, costs))

    def loss(self, before: EgoFeatures, after: EgoFeatures, cost: Tensor) -> Tensor:
        """Returns the cross entropy of transitions with costs (B, drives) and what the slow copy says comes next."""
        with torch.no_grad():
            future: CriticOutput = self.target(after.own, after.pair)
            goal = _project(future.logits.softmax(-1), cost.unsqueeze(-1) + self.discount * self.atoms, self.atoms)
            strikes = ((cost > EVENT_SHARE * self.most) & (cost > 0.0)).float().unsqueeze(-1)
            later = nn.functional.pad(future.event_logits.sigmoid()[..., :-1], (1, 0))  # within one step less
            struck = strikes + (1.0 - strikes) * later
        now = self(before)
        value_loss = -(goal * now.logits.log_softmax(-1)).sum(-1).mean()
        event_loss = nn.functional.binary_cross_entropy_with_logits(now.event_logits, struck)
        loss: Tensor = value_loss + event_loss
        return loss

    @torch.no_grad()
    def update_target(self, rate: float = 0.03) -> None:
        """Moves the target a little towards the critic."""
        for slow, fast in zip(self.target.parameters(), self.net.parameters(), strict=True):
            slow.lerp_(fast, rate)


def _project(chance: Tensor, worth: Tensor, atoms: Tensor) -> Tensor:
    """Shares chances (..., n) of worths (..., n) out among the atoms (n,) beside them, so that the mean stays."""
    worth = torch.minimum(torch.maximum(worth, atoms[0]), atoms[-1])
    above = torch.bucketize(worth, atoms).clamp(1, len(atoms) - 1)
    share = (worth - atoms[above - 1]) / (atoms[above] - atoms[above - 1])
    goal = torch.zeros_like(chance).scatter_add_(-1, above, chance * share)
    return goal.scatter_add_(-1, above - 1, chance * (1.0 - share))


class _CriticNet(nn.Module):
    def __init__(self, own: int, pair: int, hidden: int, drives: int) -> None:
        super().__init__()
        self.drives = drives
        self.look = nn.Sequential(nn.Linear(own + pair, hidden), nn.Hardswish(), nn.Linear(hidden, hidden))
        last = nn.Linear(hidden, drives * (ATOMS + EVENT_HORIZON))
        nn.init.zeros_(last.weight)  # a newborn expects nothing
        with torch.no_grad():
            calm = torch.zeros(ATOMS + EVENT_HORIZON)
            calm[ATOMS // 2], calm[ATOMS:] = CALM, -CALM
            last.bias.copy_(calm.repeat(drives))
        self.judge = nn.Sequential(nn.Linear(own + hidden, hidden), nn.Hardswish(), last)

    def forward(self, own: Tensor, pair: Tensor) -> CriticOutput:
        seen = self.look(torch.cat([pair, own.unsqueeze(-2).expand(*pair.shape[:-1], -1)], -1))
        out = self.judge(torch.cat([own, nn.functional.hardswish(seen).sum(-2)], -1))
        out = out.view(*out.shape[:-1], self.drives, ATOMS + EVENT_HORIZON)
        return CriticOutput(out[..., :ATOMS], out[..., ATOMS:])
