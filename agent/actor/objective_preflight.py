"""Calls objectives on an imagined step, so that mistakes show before the first step."""

from __future__ import annotations

import torch

from agent.config import MindConfig
from agent.perception.attention import select_things
from agent.perception.encoder import Senses
from agent.world_model.world_model import WorldModel
from housecat.core.errors import UserError
from intrinsic import Mixture


def check_objectives(
    mixture: Mixture, world_model: WorldModel, senses: Senses, config: MindConfig, differentiable: bool
) -> None:
    """Makes sure that every objective can judge an imagined step, and be differentiated where the planner needs it.

    Args:
        mixture: The objectives.
        world_model: Imagines the step.
        senses: Observations to imagine it from, without leading shape.
        config: Settings of the mind.
        differentiable: Whether the planner follows gradients of costs.

    Raises:
        UserError: If an objective cannot; the message names it.
    """
    plan = torch.zeros(1, 1, world_model.actions)
    attended = select_things(senses, config.attention.num_attended)
    with torch.no_grad():
        latent = world_model.encode(senses, attended)
        mixture.check(world_model.imagine(latent, plan, senses, attended).view())
    if not differentiable:
        return
    with torch.enable_grad():
        view = world_model.imagine(latent, plan.requires_grad_(), senses, attended).view()
        for name, cost in mixture.costs(view).items():
            try:
                if cost.requires_grad:
                    torch.autograd.grad(cost.sum(), plan, retain_graph=True, allow_unused=True)
            except RuntimeError as error:
                raise UserError(
                    f"objective {name!r} cannot be differentiated, which planner.kind={config.planner.kind} "
                    f"needs: {error}. Mend its `cost`, or take planner.kind=icem"
                ) from error
