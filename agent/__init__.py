"""The mind and its life."""

from __future__ import annotations

from agent.config import MindConfig
from agent.loop import live
from agent.mind import Mind
from agent.moment import Moment, Plan, Thought
from agent.world_model.rollout import Rollout

__all__ = ["Mind", "MindConfig", "Moment", "Plan", "Rollout", "Thought", "live"]
