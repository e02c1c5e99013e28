"""The second clock: a slower world model in the same latent space, whose predictions are the first level's goals."""

from __future__ import annotations

from agent.actor.hierarchy.subgoal_planner import SubgoalPlanner

__all__ = ["SubgoalPlanner"]
