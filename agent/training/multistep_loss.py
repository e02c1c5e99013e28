"""The prediction loss of rollouts of several steps."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.memory.replay_buffer import SequenceBatch
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import ego_features, scene_context
from agent.world_model.world_model import WorldModel


def multistep_loss(
    model: WorldModel, sequences: SequenceBatch, things: int, generator: torch.Generator
) -> dict[str, Tensor]:
    """Computes the prediction errors of rollouts along the actions of recorded sequences.

    A rollout continues from its own mean prediction, as in imagination, and is compared with the recorded tokens at
    every step. Gradients go through the steps, so that predictions become good states to continue from; with gradients
    cut between steps, the loss gains nothing. Latents are not trained by it.

    Source: the multi-step loss of TD-MPC2, Hansen et al. 2023, arXiv 2310.16828, without its discount.

    Args:
        model: The world model.
        sequences: B sequences of T transitions.
        things: Number of attended things, selected at the first moment of each sequence.
        generator: Random numbers, for a model with a stochastic latent.

    Returns:
        Losses by part, see `WorldModel.loss_by_part`.
    """
    senses, steps = sequences.senses, len(sequences.action)
    with torch.no_grad():
        attended = select_things({name: value[0] for name, value in senses.items()}, things)
        path = select_tokens(model.perception(senses), attended.expand(steps + 1, -1, -1))
        context = scene_context(model.perception, gather(model.perception.appearance(senses)[0], attended))
        samples: list[Tensor | None] = [None] * steps
        if model.stochastic_latent is not None:  # the outcome of each step is known
            inferred = [
                model.infer_latent(before, after, action, ego_features(model.perception, before, context))
                for before, after, action in zip(path[:-1], path[1:], sequences.action, strict=True)
            ]
            samples = [z and z[0].sample(torch.randn(z[0].mean.shape, generator=generator)) for z in inferred]
    state, means = path[0], []
    for action, sample in zip(sequences.action, samples, strict=True):
        mean = model(state, action, ego_features(model.perception, state, context), sample)
        state = model.next_state(mean)
        means.append(mean)
    return model.loss_by_part((torch.stack(means, 1) - path[1:]).flatten(1, 2) ** 2)  # (E, T B, 1 + k, Z)
