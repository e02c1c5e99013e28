"""Planners: search for cheap plans in imagination."""

from __future__ import annotations

from typing import Any

from agent.actor.planners.base import Evaluate, Planner
from agent.actor.planners.colored_noise import colored_noise
from agent.actor.planners.gradient import GradientPlanner, RefinedICEM
from agent.actor.planners.icem import ICEM
from agent.actor.planners.mppi import MPPI
from agent.config import PlannerConfig


def make_planner(config: PlannerConfig, action_size: int) -> Planner:
    """Makes the planner that `config.kind` names, for actions of size `action_size`."""
    c = config
    options: dict[str, Any] = {"horizon": c.horizon, "action_size": action_size, "beta": c.noise_beta}
    sampled = {**options, "samples": c.samples, "iterations": c.iterations}
    match c.kind:
        case "icem":
            return ICEM(num_elites=c.elites, **sampled)
        case "mppi":
            return MPPI(**sampled)
        case "gradient":
            return GradientPlanner(samples=c.elites, iterations=c.gradient_steps, **options)
        case "icem+gradient":
            return RefinedICEM(gradient_steps=c.gradient_steps, num_elites=c.elites, **sampled)


__all__ = [
    "ICEM",
    "MPPI",
    "Evaluate",
    "GradientPlanner",
    "Planner",
    "RefinedICEM",
    "colored_noise",
    "make_planner",
]
