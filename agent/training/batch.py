"""What a control step learns from: drawn from memory, augmented and encoded."""

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
    """B transitions, encoded once for all that learns from them.

    Attributes:
        drawn: As they were drawn from memory.
        senses, after: Before and after each, by name (B, ...), in a mirror or with noise where that is set.
        action: (B, A).
        attended: (B, N - 1) which things are looked at.
        before, then: `senses` and `after` encoded, (B, N, Z).
        appearance: (B, N - 1, features) what these things look like.
    """

    drawn: TransitionBatch
    senses: Senses
    action: Tensor
    after: Senses
    attended: Tensor
    before: Tensor
    then: Tensor
    appearance: Tensor


def sample_batch(
    memory: ReplayBuffer, model: WorldModel, config: MindConfig, mirror: Symmetry | None, generator: torch.Generator
) -> EncodedBatch:
    """Draws as many transitions as the configured updates of one control step take.

    Args:
        memory: With transitions to draw from.
        model: That encodes them.
        config: What is drawn more often, attended to, and what is changed before it is learnt from.
        mirror: In which half of them is seen; none leaves them as they were.
        generator: Of the random numbers.
    """
    drawn = memory.sample(
        config.training.batch_size * config.training.updates_per_step,
        generator,
        config.training.prioritized_fraction,
        config.training.priority,
    )
    senses, action, after = drawn.senses, drawn.action, drawn.after
    if mirror or config.training.obs_noise or config.training.image_shift or config.training.brightness_jitter:
        senses, action, after = augment(config, model.perception, mirror, (senses, action, after), generator)
    attended = select_training_things(senses, config.attention.rule, config.attention.num_attended, generator)
    both = {name: torch.cat([senses[name], after[name]]) for name in senses}
    both["things"] = gather(both["things"], attended.repeat(2, 1))  # what is not attended need not be encoded
    before, then = model.encode(both).chunk(2)
    appearance = gather(model.perception.appearance(senses), attended)
    return EncodedBatch(drawn, senses, action, after, attended, before, then, appearance)
