"""The policy of a mind as a soft actor-critic of Stable-Baselines3, for `SAC.load` and `predict`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor, nn

import worlds
from agent.actor.reactive.goal_conditioning import GOAL_SIZE, attend_to_goals
from agent.actor.reactive.policy import PolicyFeatures
from agent.mind import Mind
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import body_feature_size, ego_features, pair_feature_size, scene_context
from agent.perception.encoder import THING_POSE, TokenEncoder
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError

try:
    from stable_baselines3 import SAC
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("agent.sb3 needs Stable-Baselines3: pip install 'housecat[sb3]'") from error

__all__ = ["SAC", "MindFeaturesExtractor", "export", "to_sac"]
BUFFER_SIZE = 10_000  # transitions of SAC's replay buffer, if the exported policy is trained further


class MindFeaturesExtractor(BaseFeaturesExtractor):
    """Turns a Dict observation into the policy's features as a mind does: tokens, attention, egocentric view, goals.

    Args:
        observation_space: A Dict space with ``body``, ``touch``, ``things`` (in rows, or flattened) and ``vitals``.
        perception: Arguments of `TokenEncoder`.
        num_attended: Number of things attended to at once.
        hidden: Width of the policy.
    """

    goals: Tensor

    def __init__(
        self, observation_space: spaces.Dict, perception: dict[str, Any], num_attended: int, hidden: int
    ) -> None:
        encoder = TokenEncoder(**perception)
        features = PolicyFeatures(body_feature_size(encoder), pair_feature_size(encoder), hidden)
        super().__init__(observation_space, features.size)
        self.perception, self.policy_features = encoder.requires_grad_(False), features
        self.num_attended = num_attended
        self.thing_size = THING_POSE + perception["appearance"]
        things = int(np.prod(observation_space["things"].shape or ())) // self.thing_size
        self.register_buffer("goals", torch.zeros(1 + things, GOAL_SIZE))

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Returns features (B, features_dim) of observations (B, ...)."""
        senses = {name: observations[name] for name in ("body", "touch", "things", "vitals")}
        if senses["things"].ndim == 2:
            senses["things"] = senses["things"].view(len(senses["things"]), -1, self.thing_size)
        goals = self.goals.expand(len(senses["body"]), -1, -1)
        attended = attend_to_goals(select_things(senses, self.num_attended), goals)
        latent = select_tokens(self.perception(senses), attended)
        context = scene_context(self.perception, gather(self.perception.appearance(senses), attended))
        ego = ego_features(self.perception, latent, context)
        position = self.perception.positions(latent)
        features: Tensor = self.policy_features(position, ego, select_tokens(goals, attended))
        return features


def to_sac(mind: Mind, world: str = "playroom", options: Mapping[str, Any] | None = None) -> SAC:
    """Makes a SAC whose actor is the policy of a mind, with the mind's current goals.

    Its `predict(obs, deterministic=True)` is the policy's mean action. Its critics are untrained: a mind's critic has
    one value for each drive, and none for actions. Other goals can be written to
    ``model.policy.actor.features_extractor.goals`` (see `agent.actor.reactive.goal_conditioning`).

    Args:
        mind: A mind with a policy.
        world: Name of the world in which SAC will act; Gymnasium's ids, such as ``worlds:housecat/Playroom-v0``, mean
            the same worlds.
        options: Options of that world, such as its body.

    Raises:
        UserError: If the mind has no policy, or does not fit the world.
    """
    if mind.reactive_actor is None:
        raise UserError(
            "this mind has no policy of its own: raise one with --set policy.mode=gated, or --set policy.mode=seed"
        )
    with closing(worlds.make(world, frames_per_step=1, **(options or {}))) as room:
        mind.attach(room)
    env = worlds.make(world, flat=True, frames_per_step=1, **(options or {}))  # as Gymnasium's are
    p, policy = mind.perception, mind.reactive_actor.policy
    sizes = {"body": p.body_size, "vitals": p.vitals_size, "touch": p.touch_size}
    extractor_kwargs = {
        "perception": {
            **sizes,
            "appearance": p.appearance_size,
            "latent_size": p.latent_size,
            "neighbor_features": p.neighbor_features,
        },
        "num_attended": mind.config.attention.num_attended,
        "hidden": policy.mu.in_features,
    }
    policy_kwargs = {
        "features_extractor_class": MindFeaturesExtractor,
        "features_extractor_kwargs": extractor_kwargs,
        "net_arch": [policy.mu.in_features] * 2,
        "activation_fn": nn.SiLU,
    }
    model = SAC(
        "MultiInputPolicy", env, buffer_size=BUFFER_SIZE, policy_kwargs=policy_kwargs, device="cpu", seed=mind.seed
    )
    for name in ("latent_pi", "mu", "log_std"):
        getattr(model.policy.actor, name).load_state_dict(getattr(policy, name).state_dict())
    for net in (model.policy.actor, model.policy.critic, model.policy.critic_target):
        extractor = net.features_extractor
        assert isinstance(extractor, MindFeaturesExtractor)
        extractor.perception.load_state_dict(p.state_dict())
        extractor.policy_features.load_state_dict(policy.features.state_dict())
        extractor.goals.copy_(mind.reactive_actor.goal_tokens(len(extractor.goals) - 1))
    return model


def export(mind: Mind, path: Path, world: str = "playroom", options: Mapping[str, Any] | None = None) -> None:
    """Writes the policy of a mind to a zip file that `SAC.load` opens; see `to_sac`.

    Args:
        mind: A mind with a policy.
        path: Path of the zip file.
        world: Name of the world in which SAC will act.
        options: Options of that world.

    Raises:
        UserError: See `to_sac`, or if the file cannot be written.
    """
    content = io.BytesIO()
    to_sac(mind, world, options).save(content)
    write_bytes(path, content.getvalue())
