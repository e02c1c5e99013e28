"""What imagination gets wrong over several steps, to be learnt from."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.memory.replay_buffer import SequenceBatch
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import ego_features, scene_context
from agent.world_model.world_model import WorldModel


def multistep_loss(
    model: WorldModel, stretch: SequenceBatch, things: int, generator: torch.Generator
) -> dict[str, Tensor]:
    """Rolls a model along what was done in stretches of a life, and returns its errors at every step, by part.

    It goes on from its own mean prediction, as in imagination, and is held against what really came. Gradients go
    through the steps, so that what is predicted is also good to go on from: cut between them, nothing was gained.
    Latents are not shaped by it.

    Source: the multi-step loss of TD-MPC2, Hansen et al. 2023, arXiv 2310.16828, without its discount.

    Args:
        model: World model that is rolled out.
        stretch: T steps of B stretches.
        things: Attended, as at the beginning of each stretch.
        generator: Random numbers, for a model that knows of several futures.
    """
    senses, steps = stretch.senses, len(stretch.action)
    with torch.no_grad():
        attended = select_things({name: value[0] for name, value in senses.items()}, things)
        path = select_tokens(model.perception(senses), attended.expand(steps + 1, -1, -1))
        context = scene_context(model.perception, gather(model.perception.appearance(senses)[0], attended))
        lucks: list[Tensor | None] = [None] * steps
        if model.stochastic_latent is not None:  # which future came is known
            posteriors = [
                model.infer_latent(before, after, action, ego_features(model.perception, before, context))
                for before, after, action in zip(path[:-1], path[1:], stretch.action, strict=True)
            ]
            lucks = [z and z[0].sample(torch.randn(z[0].mean.shape, generator=generator)) for z in posteriors]
    state, means = path[0], []
    for action, luck in zip(stretch.action, lucks, strict=True):
        mean = model(state, action, ego_features(model.perception, state, context), luck)
        state = model.next_state(mean)
        means.append(mean)
    return model.loss_by_part((torch.stack(means, 1) - path[1:]).flatten(1, 2) ** 2)  # (E, T B, 1 + k, Z)
