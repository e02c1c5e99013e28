"""The batch of a control step: transitions from the replay buffer, augmented and encoded."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from agent.config import MindConfig
from agent.configurator.configurator import select_training_things
from agent.memory.replay_buffer import ReplayBuffer, TransitionBatch
from agent.perception.attention import gather
from agent.perception.augmentation import augment
from agent.perception.encoder import Senses
from agent.perception.symmetry import Symmetry
from agent.world_model.world_model import WorldModel


class EncodedBatch(NamedTuple):
    """B transitions, encoded once for all parts that learn from them.

    Attributes:
        transitions: The transitions as they are in the replay buffer.
        senses: Senses before each, by name (B, ...), augmented.
        action: (B, A), augmented.
        after: Senses after each, by name (B, ...), augmented.
        attended: (B, k) indices of the attended things.
        latent: (B, N, Z) tokens of `senses`.
        next_latent: (B, N, Z) tokens of `after`.
        appearance: (B, k, features) appearance of the attended things.
    """

    transitions: TransitionBatch
    senses: Senses
    action: Tensor
    after: Senses
    attended: Tensor
    latent: Tensor
    next_latent: Tensor
    appearance: Tensor


def sample_batch(
    memory: ReplayBuffer, model: WorldModel, config: MindConfig, symmetry: Symmetry | None, generator: torch.Generator
) -> EncodedBatch:
    """Draws, augments and encodes the transitions for all updates of one control step.

    Args:
        memory: The replay buffer; it must hold transitions.
        model: The world model, whose encoder is used.
        config: Settings of sampling, augmentation and attention.
        symmetry: Mirror symmetry that is applied to half of the transitions; None to leave them as they are.
        generator: Random numbers.
    """
    transitions = memory.sample(
        config.training.batch_size * config.training.updates_per_step,
        generator,
        config.training.prioritized_fraction,
        config.training.priority,
    )
    senses, action, after = transitions.senses, transitions.action, transitions.after
    if symmetry or config.training.obs_noise or config.training.image_shift or config.training.brightness_jitter:
        senses, action, after = augment(config, model.perception, symmetry, (senses, action, after), generator)
    attended = select_training_things(senses, config.attention.rule, config.attention.num_attended, generator)
    both = {name: torch.cat([senses[name], after[name]]) for name in senses}
    both["things"] = gather(both["things"], attended.repeat(2, 1))  # other things need not be encoded
    latent, next_latent = model.encode(both).chunk(2)
    appearance = gather(model.perception.appearance(senses), attended)
    return EncodedBatch(transitions, senses, action, after, attended, latent, next_latent, appearance)
