"""Planners: what looks for cheap plans in imagination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from agent.planners.gradient import GradientPlanner, RefinedICEM
from agent.planners.icem import ICEM
from agent.planners.mppi import MPPI
from agent.planners.planner import Evaluate, Planner, colored_noise
from usererror import unknown

if TYPE_CHECKING:
    from agent.config import MindConfig

PlannerName = Literal["icem", "mppi", "gradient", "icem+gradient"]
PLANNERS: tuple[str, ...] = get_args(PlannerName)


def planner_of(config: MindConfig, actions: int) -> Planner:
    """Makes the planner that a configuration names, for actions of some size.

    Raises:
        UserError: If there is no such planner.
    """
    c = config
    if c.planner == "icem":
        return ICEM(c.horizon, actions, c.samples, c.iterations, c.elites, c.noise_beta)
    if c.planner == "mppi":
        return MPPI(c.horizon, actions, c.samples, c.iterations, c.noise_beta)
    if c.planner == "gradient":
        return GradientPlanner(c.horizon, actions, c.elites, c.slides, c.noise_beta)
    if c.planner == "icem+gradient":
        return RefinedICEM(
            c.slides,
            horizon=c.horizon,
            actions=actions,
            samples=c.samples,
            iterations=c.iterations,
            elites=c.elites,
            beta=c.noise_beta,
        )
    raise unknown("planner", c.planner, PLANNERS)


__all__ = [
    "ICEM",
    "MPPI",
    "PLANNERS",
    "Evaluate",
    "GradientPlanner",
    "Planner",
    "PlannerName",
    "RefinedICEM",
    "colored_noise",
    "planner_of",
]
