"""What imagination gets wrong over several steps, to be learnt from."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.configurator import attend, gather, tokens
from agent.memory import Stretch
from agent.sight import look_out, see
from agent.world_model import WorldModel


def rolled(
    model: WorldModel, stretch: Stretch, things: int, generator: torch.Generator, through: bool = True
) -> dict[str, Tensor]:
    """Rolls a model along what was done in stretches of a life, and returns its errors at every step, by part.

    It goes on from its own mean prediction, as in imagination, and is held against what really came. Latents are not
    shaped by it.

    Source: the multi-step loss of TD-MPC2, Hansen et al. 2023, arXiv 2310.16828, without its discount. With the
    gradient cut between steps it is the pushforward trick of Brandstetter et al. 2022, arXiv 2202.03376.

    Args:
        model: Which.
        stretch: T steps of B stretches.
        things: Attended, as at the beginning of each stretch.
        generator: Random numbers, for a model that knows of several futures.
        through: Whether gradients go through the steps, so that what is predicted is also good to go on from.
    """
    senses, steps = stretch.senses, len(stretch.action)
    with torch.no_grad():
        attended = attend({name: value[0] for name, value in senses.items()}, things)
        path = tokens(model.perception(senses), attended.expand(steps + 1, -1, -1))
        outlook = look_out(model.perception, gather(model.perception.appearance(senses)[0], attended))
        lucks = []
        for before, after, action in zip(path[:-1], path[1:], stretch.action, strict=True):
            told = model.explain(before, after, action, see(model.perception, before, outlook))
            lucks.append(told and told[0].draw(torch.randn(told[0].mean.shape, generator=generator)))
    state, parts = path[0], []
    for after, action, luck in zip(path[1:], stretch.action, lucks, strict=True):
        mean = model(state, action, see(model.perception, state, outlook), luck)
        parts.append(model.errors((mean - after) ** 2))
        state = model.settle(mean if through else mean.detach())
    return {name: torch.stack([part[name] for part in parts]).mean() for name in parts[0]}
