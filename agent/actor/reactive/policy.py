"""Mode-1: the reactive actor, one forward pass from what the body sees and wishes to an action."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.actor.reactive.goal_conditioning import DESIRE, desires
from agent.perception.egocentric import EgoFeatures, body_feature_size, pair_feature_size
from agent.perception.encoder import TokenEncoder
from agent.world_model.jit_cache import TracedCall

HIDDEN = 128
STD_LEAST, STD_MOST = -5.0, 2.0  # of the logarithm


class PolicyOutput(NamedTuple):
    """What the reflex has to say.

    Attributes:
        mean: (B, A) of the action before it is squashed by tanh.
        log_std: (B, A) how far planning's choices lie from it, before squashing.
        regret: (B,) how much worse than planning it expects to do, in spreads of plans' costs.
    """

    mean: Tensor
    log_std: Tensor
    regret: Tensor

    @property
    def action(self) -> Tensor:
        """The action (B, A), each -1 to 1."""
        return torch.tanh(self.mean)


class PolicyFeatures(nn.Module):
    """Sums up what the body sees and wishes: its own features, those of what it has a wish for, and all pairs' sum.

    Args:
        own: Features of the body.
        pair: Features of a pair of body and thing.
        hidden: Width.
    """

    def __init__(self, own: int, pair: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        own, pair = own + DESIRE, pair + DESIRE
        self.size = own + pair + hidden
        self.look = nn.Sequential(nn.Linear(own + pair, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU())

    def forward(self, at: Tensor, sight: EgoFeatures, wish: Tensor) -> Tensor:
        """Returns features (B, size) of a sight, of tokens at places (B, 1 + k, 2; m) with wishes (B, 1 + k, WISH)."""
        desire = desires(at, sight, wish)
        own = torch.cat([sight.own, desire[:, 0]], -1)
        pair = torch.cat([sight.pair, desire[:, 1:]], -1)
        seen = self.look(torch.cat([pair, own.unsqueeze(1).expand(-1, pair.shape[1], -1)], -1)).sum(1)
        return torch.cat([own, (pair * desire[:, 1:, :1]).sum(1), seen], -1)


class GaussianPolicy(nn.Module):
    """A squashed Gaussian policy over what the body sees and wishes, laid out as Stable-Baselines3's SAC has it.

    After the features come ``latent_pi``, ``mu`` and ``log_std``, which `agent.sb3.policy_export` puts into a SAC actor
    as they are.

    Source: LeCun 2022, section 3.1.1 (Mode-1) and 3.1.3 (Mode-2's choices compiled into Mode-1); the layout is that of
    soft actor-critic, Haarnoja et al. 2018, arXiv 1801.01290. We differ in that it is told wishes, token by token.

    Args:
        perception: Through which it sees; its parameters are not the reflex's.
        actions: Size of an action.
    """

    def __init__(self, perception: TokenEncoder, actions: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.gaze = PolicyFeatures(body_feature_size(perception), pair_feature_size(perception), hidden)
        self.latent_pi = nn.Sequential(
            nn.Linear(self.gaze.size, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU()
        )
        self.mu = nn.Linear(hidden, actions)
        self.log_std = nn.Linear(hidden, actions)
        self.regret = nn.Linear(hidden, 1)
        self.react = TracedCall(self, "_react")

    def forward(self, at: Tensor, sight: EgoFeatures, wish: Tensor) -> PolicyOutput:
        """Returns the impulse.

        Args:
            at: (B, 1 + k, 2) places of tokens (m).
            sight: Of these.
            wish: (B, 1 + k, WISH) of these.
        """
        return PolicyOutput(*self.react(at, *sight, wish))

    def _react(self, at: Tensor, own: Tensor, pair: Tensor, facing: Tensor, wish: Tensor) -> tuple[Tensor, ...]:
        pi = self.latent_pi(self.gaze(at, EgoFeatures(own, pair, facing), wish))
        return self.mu(pi), self.log_std(pi).clamp(STD_LEAST, STD_MOST), self.regret(pi.detach())[:, 0]
