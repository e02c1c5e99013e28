"""The mind and its life."""

from __future__ import annotations

from agent.config import MindConfig
from agent.life import live
from agent.mind import Mind
from agent.moment import Moment, Plan, Thought
from agent.rollout import Rollout

__all__ = ["Mind", "MindConfig", "Moment", "Plan", "Rollout", "Thought", "live"]
