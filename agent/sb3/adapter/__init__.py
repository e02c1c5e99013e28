"""Runs objectives in any Gymnasium environment, beside an algorithm that is no mind of this project."""

from agent.sb3.adapter.host_checkpoint import load_host, save_host
from agent.sb3.adapter.objective_host import ObjectiveHost, Transitions
from agent.sb3.adapter.relabeling_buffer import RelabelingBuffer
from agent.sb3.adapter.rollout_collector import RolloutCollector
from agent.sb3.adapter.spaces import SpaceConverter

__all__ = [
    "ObjectiveHost",
    "RelabelingBuffer",
    "RolloutCollector",
    "SpaceConverter",
    "Transitions",
    "load_host",
    "save_host",
]
