"""The reflex of a mind as a soft actor-critic of Stable-Baselines3, for `SAC.load` and `predict`."""

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
from agent.actor.reactive.goal_conditioning import WISH, heed
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

__all__ = ["SAC", "MindsEye", "export", "to_sac"]
REMEMBERED = 10_000  # transitions that SAC keeps if it goes on to learn


class MindsEye(BaseFeaturesExtractor):
    """Sees a Dict observation as a mind does: perception, attention, sight, wishes, and what the reflex makes of them.

    Args:
        observation_space: With ``body``, ``touch``, ``things`` (in rows, or flat as in one row) and ``vitals``.
        perception: Arguments of `TokenEncoder`.
        num_attended: Things attended to at once.
        hidden: Width of the reflex.
    """

    wish: Tensor

    def __init__(
        self, observation_space: spaces.Dict, perception: dict[str, Any], num_attended: int, hidden: int
    ) -> None:
        seen = TokenEncoder(**perception)
        gaze = PolicyFeatures(body_feature_size(seen), pair_feature_size(seen), hidden)
        super().__init__(observation_space, gaze.size)
        self.perception, self.gaze, self.num_attended = seen.requires_grad_(False), gaze, num_attended
        self.features = THING_POSE + perception["appearance"]
        things = int(np.prod(observation_space["things"].shape or ())) // self.features
        self.register_buffer("wish", torch.zeros(1 + things, WISH))

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        """Returns features (B, size)."""
        senses = {name: observations[name] for name in ("body", "touch", "things", "vitals")}
        if senses["things"].ndim == 2:
            senses["things"] = senses["things"].view(len(senses["things"]), -1, self.features)
        wish = self.wish.expand(len(senses["body"]), -1, -1)
        attended = heed(select_things(senses, self.num_attended), wish)
        latent = select_tokens(self.perception(senses), attended)
        context = scene_context(self.perception, gather(self.perception.appearance(senses), attended))
        sight = ego_features(self.perception, latent, context)
        features: Tensor = self.gaze(self.perception.positions(latent), sight, select_tokens(wish, attended))
        return features


def to_sac(mind: Mind, world: str = "playroom", options: Mapping[str, Any] | None = None) -> SAC:
    """Makes a SAC whose actor is the mind's reflex, and wishes what the mind wishes now.

    Its `predict(obs, deterministic=True)` is what the reflex does. Its critics have learnt nothing: a mind's critic
    anticipates costs drive by drive, and not of actions. Other wishes are put into
    ``model.policy.actor.features_extractor.wish`` (see `agent.actor.reactive.goal_conditioning`).

    Args:
        mind: With a reflex.
        world: Where it will act, by name; Gymnasium's ids, such as ``worlds:housecat/Playroom-v0``, mean the same
            worlds.
        options: Options of that world, such as its body.

    Raises:
        UserError: If the mind has no reflex, or cannot live in the world.
    """
    if mind.reactive_actor is None:
        raise UserError(
            "this mind has no policy of its own: raise one with --set policy.mode=gated, or --set policy.mode=seed"
        )
    with closing(worlds.make(world, frames_per_step=1, **(options or {}))) as room:
        mind.attach(room)
    env = worlds.make(world, flat=True, frames_per_step=1, **(options or {}))  # as Gymnasium's are
    p, reflex = mind.perception, mind.reactive_actor.reflex
    sizes = {"body": p.body_size, "vitals": p.vitals_size, "touch": p.touch_size}
    sees = {
        "perception": {
            **sizes,
            "appearance": p.appearance_size,
            "latent_size": p.latent_size,
            "neighbor_features": p.neighbor_features,
        },
        "num_attended": mind.config.attention.num_attended,
        "hidden": reflex.mu.in_features,
    }
    policy = {
        "features_extractor_class": MindsEye,
        "features_extractor_kwargs": sees,
        "net_arch": [reflex.mu.in_features] * 2,
        "activation_fn": nn.SiLU,
    }
    model = SAC("MultiInputPolicy", env, buffer_size=REMEMBERED, policy_kwargs=policy, device="cpu", seed=mind.seed)
    for name in ("latent_pi", "mu", "log_std"):
        getattr(model.policy.actor, name).load_state_dict(getattr(reflex, name).state_dict())
    for net in (model.policy.actor, model.policy.critic, model.policy.critic_target):
        eye = net.features_extractor
        assert isinstance(eye, MindsEye)
        eye.perception.load_state_dict(p.state_dict())
        eye.gaze.load_state_dict(reflex.gaze.state_dict())
        eye.wish.copy_(mind.reactive_actor.wish(len(eye.wish) - 1))
    return model


def export(mind: Mind, path: Path, world: str = "playroom", options: Mapping[str, Any] | None = None) -> None:
    """Writes the reflex of a mind to a zip that `SAC.load` opens; see `to_sac`.

    Raises:
        UserError: See `to_sac`, or if the file cannot be written.
    """
    kept = io.BytesIO()
    to_sac(mind, world, options).save(kept)
    write_bytes(path, kept.getvalue())
