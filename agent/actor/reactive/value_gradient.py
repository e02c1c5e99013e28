"""The value gradient: the cost of one imagined step, which the policy is trained to lower."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.actor.reactive.distillation_buffer import DistillationBatch
from agent.actor.reactive.goal_conditioning import goal_cost, position_goals
from agent.critic.critic import Critic
from agent.perception.attention import gather, select_tokens
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import Senses
from agent.world_model.rollout import Rollout
from agent.world_model.world_model import WorldModel
from intrinsic import Mixture
from intrinsic.mixture import Memories


def value_gradient_loss(
    model: WorldModel,
    mixture: Mixture,
    critic: Critic | None,
    memories: Memories,
    latent: Tensor,
    ego: EgoFeatures,
    action: Tensor,
    batch: DistillationBatch,
    attended: Tensor,
) -> Tensor:
    """Returns the mean weighted cost of one imagined step, plus the critic's value after it, a scalar.

    Positional goals are those of the remembered situation, see `agent.actor.reactive.goal_conditioning`; all other
    objectives have their current weights. Objectives with an episodic memory are left out.

    Source: value gradients through a learned model, after Heess et al. 2015, arXiv 1510.09142 (SVG(1)).

    Args:
        model: Imagines the step.
        mixture: The objectives.
        critic: Anticipates the cost after the step; None where it is not asked.
        memories: Episodic memories of the objectives that keep one, as of now.
        latent: (B, 1 + k, Z) tokens.
        ego: Of these.
        action: (B, A), with the gradient to be followed.
        batch: The situations.
        attended: (B, k) indices of the attended things.
    """
    mean = model(latent, action, ego)
    after = model.next_state(mean)
    with_goal = position_goals(mixture)
    rollout = Rollout(
        torch.stack([latent, after]),
        action[None],
        mean[:, None],
        _senses(model, after, batch.senses, attended),
        attended,
        True,
    )
    weights, muted = mixture.weights, mixture.muted
    costs = mixture.costs(rollout.at(0), mixture.fork(memories, len(action)) if memories else None)
    total = goal_cost(model.perception.positions(after), select_tokens(batch.goals, attended))
    for name, cost in costs.items():
        if name not in with_goal and name not in memories and name not in muted:
            total = total + weights[name] * cost
    if critic is not None and critic.drives:
        appearance = gather(model.perception.appearance(batch.senses), attended)
        future = critic.expected_cost(model.ego_features_of(after, appearance))
        for i, name in enumerate(critic.drives):
            if name not in with_goal and name not in muted:
                total = total + critic.discount * weights[name] * future[:, i]
    return torch.where(total.isfinite(), total, 0.0).mean()


def _senses(model: WorldModel, after: Tensor, before: Senses, attended: Tensor) -> Senses:
    """Returns senses (2, B, ...) before and after an imagined step."""
    read = model.perception.decode(after, before, attended)
    read["touch"] = torch.expm1(model.touch(after[:, 0])).clamp_min(0.0)
    return {name: torch.stack([before[name], value]) for name, value in read.items()}
