"""Tries what a mind wants on an imagined step, before a life begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from agent.perception.attention import select_things
from agent.perception.encoder import Senses
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from agent.mind import Mind


def check_objectives(mind: Mind, senses: Senses) -> None:
    """Makes sure that every objective can judge what is imagined, and be differentiated where the planner needs it.

    Args:
        mind: Who wants it.
        senses: To imagine a step from.

    Raises:
        UserError: If an objective cannot; the message names it.
    """
    model, plan = mind.world_model, torch.zeros(1, 1, mind.actions)
    attended = select_things(senses, mind.config.attention.num_attended)
    with torch.no_grad():
        latent = model.encode(senses, attended)
        mind.mixture.check(model.imagine(latent, plan, senses, attended).view())
    if not mind.actor.planner.differentiates:
        return
    with torch.enable_grad():
        view = model.imagine(latent, plan.requires_grad_(), senses, attended).view()
        for name, cost in mind.mixture.costs(view).items():
            try:
                if cost.requires_grad:
                    torch.autograd.grad(cost.sum(), plan, retain_graph=True, allow_unused=True)
            except RuntimeError as error:
                raise UserError(
                    f"objective {name!r} cannot be differentiated, which planner.kind={mind.config.planner.kind} "
                    f"needs: {error}. Mend its `cost`, or take planner.kind=icem"
                ) from error
