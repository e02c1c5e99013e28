"""The policy of Mode-1: one forward pass from egocentric features and goals to an action."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.actor.reactive.goal_conditioning import GOAL_FEATURES, goal_features
from agent.perception.egocentric import EgoFeatures, body_feature_size, pair_feature_size
from agent.perception.encoder import TokenEncoder
from agent.world_model.jit_cache import TracedCall

HIDDEN = 128
STD_LEAST, STD_MOST = -5.0, 2.0  # of the logarithm of the standard deviation


class PolicyOutput(NamedTuple):
    """Output of the policy.

    Attributes:
        mean: (B, A) mean of the action before it is squashed by tanh.
        log_std: (B, A) logarithm of the standard deviation of the planner's actions around it, before squashing.
        regret: (B,) expected extra cost compared with planning, in standard deviations of the plans' costs.
    """

    mean: Tensor
    log_std: Tensor
    regret: Tensor

    @property
    def action(self) -> Tensor:
        """The mean action (B, A), each number between -1 and 1."""
        return torch.tanh(self.mean)


class PolicyFeatures(nn.Module):
    """Pools a set of things: features of the body, of the things with a goal, and a learned sum over all things.

    Args:
        own: Number of features of the body.
        pair: Number of features of a pair of body and thing.
        hidden: Width of the hidden layers.
    """

    def __init__(self, own: int, pair: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        own, pair = own + GOAL_FEATURES, pair + GOAL_FEATURES
        self.size = own + pair + hidden
        self.pair_net = nn.Sequential(nn.Linear(own + pair, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())

    def forward(self, position: Tensor, ego: EgoFeatures, goals: Tensor) -> Tensor:
        """Returns features (B, size) of tokens, see `GaussianPolicy.forward`."""
        goal = goal_features(position, ego, goals)
        own = torch.cat([ego.own, goal[:, 0]], -1)
        pair = torch.cat([ego.pair, goal[:, 1:]], -1)
        summed = self.pair_net(torch.cat([pair, own.unsqueeze(1).expand(-1, pair.shape[1], -1)], -1)).sum(1)
        return torch.cat([own, (pair * goal[:, 1:, :1]).sum(1), summed], -1)


class GaussianPolicy(nn.Module):
    """A goal-conditioned squashed Gaussian policy, with the layers of Stable-Baselines3's SAC.

    After the features come ``latent_pi``, ``mu`` and ``log_std``, which `agent.sb3.policy_export` copies into a SAC
    actor.

    Source: LeCun 2022, section 3.1.1 (Mode-1) and 3.1.3 (Mode-2's choices compiled into Mode-1); the layout is that of
    soft actor-critic, Haarnoja et al. 2018, arXiv 1801.01290. We differ in conditioning on a goal for each token.

    Args:
        perception: The encoder whose tokens the policy reads; it is not a part of the policy.
        actions: Size of an action, A.
        hidden: Width of the hidden layers.
    """

    def __init__(self, perception: TokenEncoder, actions: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.features = PolicyFeatures(body_feature_size(perception), pair_feature_size(perception), hidden)
        self.latent_pi = nn.Sequential(
            nn.Linear(self.features.size, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU()
        )
        self.mu = nn.Linear(hidden, actions)
        self.log_std = nn.Linear(hidden, actions)
        self.regret = nn.Linear(hidden, 1)
        self.traced_forward = TracedCall(self, "_forward")

    def forward(self, position: Tensor, ego: EgoFeatures, goals: Tensor) -> PolicyOutput:
        """Returns the output of the policy.

        Args:
            position: (B, 1 + k, 2) positions of tokens (m).
            ego: Egocentric features of these tokens.
            goals: (B, 1 + k, GOAL_SIZE) their goal tokens.
        """
        return PolicyOutput(*self.traced_forward(position, *ego, goals))

    def _forward(
        self, position: Tensor, own: Tensor, pair: Tensor, facing: Tensor, goals: Tensor
    ) -> tuple[Tensor, ...]:
        pi = self.latent_pi(self.features(position, EgoFeatures(own, pair, facing), goals))
        return self.mu(pi), self.log_std(pi).clamp(STD_LEAST, STD_MOST), self.regret(pi.detach())[:, 0]
