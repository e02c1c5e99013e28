"""What a lived step was to a mind: relived as the world model sees it, judged, and felt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from agent.actor.mpc_actor import urged
from agent.perception.attention import select_things
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import Senses
from agent.world_model.rollout import Rollout

if TYPE_CHECKING:
    from agent.mind import Mind


def relive(mind: Mind, before: Senses, now: Senses, action: Tensor) -> tuple[Rollout, list[list[float]], float]:
    """Returns a lived step as a rollout (T = B = 1), what the critic expects before and after, and luck's price."""
    model, focus = mind.world_model, mind.choice.focus if mind.config.attention.rule != "near" else None
    attended = focus.attended if focus else select_things(before, mind.config.attention.num_attended)
    latent = torch.stack([model.encode(senses, attended) for senses in (before, now)])  # (2, N, Z)
    appearance = mind.perception.appearance(before)[attended]
    sight = model.sight(latent, appearance.expand(2, -1, -1))
    first = EgoFeatures(*(part[:1] for part in sight))
    mean, paid = model.relive(latent[:1], latent[1:], action[None], first)
    senses = {name: torch.stack([before[name], now[name]])[:, None] for name in before}
    rollout = Rollout(latent[:, None], action[None, None], mean[:, None], senses, attended, False)
    return rollout, mind.critic.expect(sight).tolist(), float(paid)


def taste(mind: Mind, rollout: Rollout) -> dict[str, float]:
    """Returns what a lived step cost, and lets the objectives take note of it."""
    view, memories = rollout.at(0), mind.actor.memories
    costs = {name: float(cost) for name, cost in mind.mixture.costs(view, memories, lived=True).items()}
    mind.mixture.observe(view, memories)
    mind.actor.memories = mind.mixture.remember(memories, view)
    return costs


def feel(mind: Mind, costs: dict[str, float], value: list[list[float]], energy: float) -> dict[str, float]:
    """Returns the emotions of a lived step.

    Args:
        mind: Whose.
        costs: Of the step, by name.
        value: What the critic expected of each drive before and after it.
        energy: Between what was predicted and what came.
    """
    weights = urged(mind.mixture.weights, mind.choice.focus.urges if mind.choice.focus else {})
    weights = {name: weight for name, weight in weights.items() if math.isfinite(costs[name])}
    relief = sum(
        weights[name] * (value[0][i] - costs[name] - mind.config.training.discount * value[1][i])
        for i, name in enumerate(mind.drives)
        if name in weights
    )
    return mind.emotions.update(
        anticipated_pain=value[1][mind.drives.index("pain")] if "pain" in mind.drives else 0.0,
        relief=relief,
        energy=energy,
        information=mind.choice.information,
        cost=sum(weight * costs[name] for name, weight in weights.items()),
        promised=mind.choice.promised,
    )
