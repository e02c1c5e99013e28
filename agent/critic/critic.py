"""The critic: the distribution of each drive's future cost, and the probability of its events."""

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
EVENT_HORIZON = 20  # control steps ahead for which the probability of events is predicted
EVENT_THRESHOLD = 0.1  # a cost above this fraction of the highest cost so far is an event
INITIAL_LOG_ODDS = 4.0  # of no cost, and against events, in an untrained critic


class CriticOutput(NamedTuple):
    """Outputs of the critic per drive.

    Attributes:
        logits: (B, drives, ATOMS) logits of the discounted future cost over the atoms.
        event_logits: (B, drives, EVENT_HORIZON) log odds of an event within 1, 2, ... control steps.
    """

    logits: Tensor
    event_logits: Tensor


class Critic(nn.Module):
    """Predicts the distribution of the discounted future cost of each drive from egocentric features.

    It learns from experience and from `synthetic_transitions`, in which the body goes where it does not go in life: a
    mind that avoids what hurts would otherwise have hardly any data about it.

    It also predicts the probability of an event, a high cost of a drive, within h = 1, 2, ... control steps, from the
    targets u_1 = c and u_h = c + (1 - c) u_(h-1) of the next moment, where c is 1 if the step is an event. No horizon
    bootstraps from itself.

    Source: LeCun 2022, section 3.3 (trainable critic). Distributions over fixed atoms by Bellemare et al. 2017, arXiv
    1707.06887, algorithm 1, spaced as in Hafner et al. 2023, arXiv 2301.04104; targets from a slowly following copy.
    Quantiles (Dabney et al. 2017) do not suit pain: nine of them do not represent what happens less than once in
    eighteen times. Probabilities within fixed horizons after De Asis et al. 2020, arXiv 1909.03906, equation 5, with
    the occurrence of an event in place of a sum of rewards.

    Args:
        world_model: The world model that makes the egocentric features; the critic does not own its parameters.
        drives: Names of the costs that are predicted.
        discount: Discount of the future cost per control step.
        hidden: Width of the hidden layers.
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
        self.min_cost: Tensor
        self.max_cost: Tensor
        self.register_buffer("min_cost", torch.zeros(len(drives)))
        self.register_buffer("max_cost", torch.zeros(len(drives)))

    def adapted(self, saved: Mapping[str, Tensor], drives: tuple[str, ...]) -> dict[str, Tensor]:
        """Returns the `state_dict` of this critic with the tensors of a critic of other drives, as far as they fit.

        Args:
            saved: The `state_dict` of the other critic.
            drives: Drives of the other critic.
        """
        state = self.state_dict()
        by_drive = {
            "min_cost",
            "max_cost",
            *(name for name in state if name.endswith(("head.2.weight", "head.2.bias"))),
        }
        for name, value in saved.items():
            if name in by_drive:
                for i, drive in enumerate(self.drives):
                    if drive in drives:  # rows of the last layer
                        j, rows = drives.index(drive), len(value) // len(drives)
                        state[name][i * rows : (i + 1) * rows] = value[j * rows : (j + 1) * rows]
            elif name in state and state[name].shape == value.shape:
                state[name] = value
        return state

    def forward(self, ego: EgoFeatures) -> CriticOutput:
        """Predicts future costs and events from egocentric features, which get no gradient."""
        output: CriticOutput = self.net(ego.own.detach(), ego.pair.detach())
        return output

    def expected_cost(self, ego: EgoFeatures) -> Tensor:
        """Returns the expected discounted future cost (B, drives), with a gradient to the features.

        It is clipped to what the costs of this life can add up to: without bounds, a planner exploits errors of the
        critic, such as a negative pain.
        """
        return self.expected_cost_of(self.net(ego.own, ego.pair))

    def expected_cost_of(self, output: CriticOutput) -> Tensor:
        """Returns the expected discounted future cost (B, drives) of an output of the critic."""
        expected = output.logits.softmax(-1) @ self.atoms
        return torch.minimum(
            torch.maximum(expected, self.min_cost / (1 - self.discount)), self.max_cost / (1 - self.discount)
        )

    def event_probability(self, ego: EgoFeatures) -> Tensor:
        """Returns the probability (B, drives, EVENT_HORIZON) of an event within 1, 2, ... control steps."""
        probability: Tensor = self(ego).event_logits.sigmoid()
        return probability

    @torch.no_grad()
    def update_cost_bounds(self, costs: Tensor) -> None:
        """Widens the bounds of costs, from which those of expected costs follow, to the costs of a step (drives,)."""
        costs = torch.nan_to_num(costs, 0.0, 0.0, 0.0)
        self.min_cost.copy_(torch.minimum(self.min_cost, costs))
        self.max_cost.copy_(torch.maximum(self.max_cost, costs))

    def loss(self, before: EgoFeatures, after: EgoFeatures, cost: Tensor) -> Tensor:
        """Returns the loss of transitions: cross-entropies with targets from the slowly following copy.

        Args:
            before: Egocentric features before the step.
            after: Egocentric features after the step.
            cost: (B, drives) costs of the step.
        """
        with torch.no_grad():
            future: CriticOutput = self.target(after.own, after.pair)
            target = _project(future.logits.softmax(-1), cost.unsqueeze(-1) + self.discount * self.atoms, self.atoms)
            event = ((cost > EVENT_THRESHOLD * self.max_cost) & (cost > 0.0)).float().unsqueeze(-1)
            later = nn.functional.pad(future.event_logits.sigmoid()[..., :-1], (1, 0))  # a horizon shorter by one step
            event_target = event + (1.0 - event) * later
        output = self(before)
        cost_loss = -(target * output.logits.log_softmax(-1)).sum(-1).mean()
        event_loss = nn.functional.binary_cross_entropy_with_logits(output.event_logits, event_target)
        loss: Tensor = cost_loss + event_loss
        return loss

    @torch.no_grad()
    def update_target(self, rate: float = 0.03) -> None:
        """Moves the parameters of the target towards those of the critic by a fraction of their difference."""
        for slow, fast in zip(self.target.parameters(), self.net.parameters(), strict=True):
            slow.lerp_(fast, rate)


def _project(probability: Tensor, value: Tensor, atoms: Tensor) -> Tensor:
    """Projects a distribution onto fixed atoms, such that its mean stays the same.

    Args:
        probability: (..., n) probability of each value.
        value: (..., n) values, clipped to the range of the atoms.
        atoms: (n,) in ascending order.

    Returns:
        (..., n) probability of each atom; that of a value is shared by the atoms below and above it.
    """
    value = torch.minimum(torch.maximum(value, atoms[0]), atoms[-1])
    above = torch.bucketize(value, atoms).clamp(1, len(atoms) - 1)
    share = (value - atoms[above - 1]) / (atoms[above] - atoms[above - 1])
    projected = torch.zeros_like(probability).scatter_add_(-1, above, probability * share)
    return projected.scatter_add_(-1, above - 1, probability * (1.0 - share))


class _CriticNet(nn.Module):
    """A net over pairs of body and thing, whose sum and the body's own features are the input of a second net."""

    def __init__(self, own: int, pair: int, hidden: int, drives: int) -> None:
        super().__init__()
        self.drives = drives
        self.pair_net = nn.Sequential(nn.Linear(own + pair, hidden), nn.Hardswish(), nn.Linear(hidden, hidden))
        last = nn.Linear(hidden, drives * (ATOMS + EVENT_HORIZON))
        nn.init.zeros_(last.weight)  # an untrained critic predicts no cost
        with torch.no_grad():
            bias = torch.zeros(ATOMS + EVENT_HORIZON)
            bias[ATOMS // 2], bias[ATOMS:] = INITIAL_LOG_ODDS, -INITIAL_LOG_ODDS
            last.bias.copy_(bias.repeat(drives))
        self.head = nn.Sequential(nn.Linear(own + hidden, hidden), nn.Hardswish(), last)

    def forward(self, own: Tensor, pair: Tensor) -> CriticOutput:
        pairs = self.pair_net(torch.cat([pair, own.unsqueeze(-2).expand(*pair.shape[:-1], -1)], -1))
        out = self.head(torch.cat([own, nn.functional.hardswish(pairs).sum(-2)], -1))
        out = out.view(*out.shape[:-1], self.drives, ATOMS + EVENT_HORIZON)
        return CriticOutput(out[..., :ATOMS], out[..., ATOMS:])
