"""Random plans as a mind imagines them, and as they come out in the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent import Mind
from agent.actor.planners import colored_noise
from agent.perception.attention import select_things, select_tokens
from agent.perception.encoder import THING_POSE, Senses
from agent.world_model.rollout import Rollout
from housecat.core.obs_layout import THINGS
from worlds import World

PLANS, HORIZON = 64, 14  # random plans per moment, and their steps
NOISE, AMPLITUDE = 2.5, 0.6  # colour and amplitude of the noise that they are made of
APART = 40  # control steps between the moments at which plans are compared
LEAST_SPREAD = 0.05  # metres by which plans must differ in how far they move things, to be ranked by it
AT = (1, 5, 14)  # steps ahead at which errors are reported
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlanComparison:
    """B plans of T steps from one moment, as imagined and as they came out.

    Attributes:
        imagined_cost, true_cost: (B,) cost to the mind of the imagined and of the real path, without the critic.
        imagined_distance, true_distance: (B,) how far all things together move (m).
        error, persistence_error: (T,) squared error of imagination and of persistence (everything stays as it is), over
            things and body, in the mind's own units of typical change.
    """

    imagined_cost: Floats
    true_cost: Floats
    imagined_distance: Floats
    true_distance: Floats
    error: Floats
    persistence_error: Floats


def random_plans(actions: int, generator: torch.Generator) -> Tensor:
    """Returns plans of smooth noise, (HORIZON, PLANS, actions)."""
    return (AMPLITUDE * colored_noise(NOISE, HORIZON, (PLANS, actions), generator)).clamp(-1, 1)


def act_out(world: World, plans: Tensor) -> Senses:
    """Acts plans (T, B, A) out, each from how the world is now, and returns the senses (T + 1, B, ...)."""
    now, snapshot = world.observe(), world.snapshot()
    paths = []
    for plan in plans.unbind(1):
        world.restore(snapshot)
        paths.append([now, *(world.step(action.numpy())[0] for action in plan)])
    world.restore(snapshot)
    return {
        name: torch.from_numpy(np.stack([[obs[name] for obs in path] for path in paths], 1).astype(np.float32))
        for name in now
    }


@torch.no_grad()
def compare_plans(mind: Mind, plans: Tensor, real: Senses) -> PlanComparison:
    """Imagines plans (T, B, A) whose real senses (T + 1, B, ...) are known."""
    model, weights = mind.world_model, mind.mixture.weights
    now = {name: value[0, 0] for name, value in real.items()}
    attended = select_things(now, mind.config.attention.num_attended)
    everywhere = attended.expand(*plans.shape[:2], -1)[:1].expand(len(plans) + 1, -1, -1)
    path = select_tokens(mind.perception(real), everywhere)
    judged = mind.actor.evaluate(path[0, 0], plans, now, attended)
    looks = mind.perception.appearance(real)[..., attended, :]
    mean = torch.stack(
        [model(path[t], plans[t], model.ego_features_of(path[t], looks[t])) for t in range(len(plans))], 1
    )
    costs = mind.mixture.costs(Rollout(path, plans, mean, real, attended, False).view())
    imagined_cost, true_cost = (
        sum((weights[name] * cost.sum(0) for name, cost in group.items()), torch.zeros(plans.shape[1]))
        for group in (judged.costs, costs)
    )
    size = mind.perception.pose_size

    def squared_error(imagined: Tensor) -> Floats:
        square = (imagined - path[1:]).square()
        body, things = square[:, :, 0, :size], square[:, :, 1:, :THING_POSE]
        total: Floats = (body.sum(-1) + things.sum((-2, -1))).mean(1).double().numpy()
        return total

    imagined_distance, true_distance = (
        senses["things"][..., THINGS.position_xy].diff(dim=0).norm(dim=-1).sum((0, 2)).double().numpy()
        for senses in (judged.rollout.senses, real)
    )
    return PlanComparison(
        imagined_cost.double().numpy(),
        true_cost.double().numpy(),
        imagined_distance,
        true_distance,
        squared_error(judged.rollout.latent[1:]),
        squared_error(path[:1]),
    )
