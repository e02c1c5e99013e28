"""Planners: what looks for cheap plans in imagination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.actor.planners.base import Evaluate, Planner
from agent.actor.planners.colored_noise import colored_noise
from agent.actor.planners.gradient import GradientPlanner, RefinedICEM
from agent.actor.planners.icem import ICEM
from agent.actor.planners.mppi import MPPI
from housecat.core.errors import unknown_name

if TYPE_CHECKING:
    from agent.config import MindConfig

PLANNERS = "icem", "mppi", "gradient", "icem+gradient"


def planner_of(config: MindConfig, actions: int) -> Planner:
    """Makes the planner that a configuration names, for actions of some size.

    Raises:
        UserError: If there is no such planner.
    """
    c = config
    options: dict[str, Any] = {"horizon": c.horizon, "actions": actions, "beta": c.noise_beta}
    sampled = {**options, "samples": c.samples, "iterations": c.iterations}
    if c.planner == "icem":
        return ICEM(elites=c.elites, **sampled)
    if c.planner == "mppi":
        return MPPI(**sampled)
    if c.planner == "gradient":
        return GradientPlanner(samples=c.elites, iterations=c.slides, **options)
    if c.planner == "icem+gradient":
        return RefinedICEM(steps=c.slides, elites=c.elites, **sampled)
    raise unknown_name("planner", c.planner, PLANNERS)


__all__ = [
    "ICEM",
    "MPPI",
    "PLANNERS",
    "Evaluate",
    "GradientPlanner",
    "Planner",
    "RefinedICEM",
    "colored_noise",
    "planner_of",
]
