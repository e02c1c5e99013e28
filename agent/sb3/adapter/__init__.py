"""A body for objectives where there is no mind: any Gymnasium environment that some algorithm learns in."""

from agent.sb3.adapter import host_checkpoint as saving
from agent.sb3.adapter.objective_host import ObjectiveHost, Stretch
from agent.sb3.adapter.relabeling_buffer import RelabelingBuffer
from agent.sb3.adapter.rollout_collector import RolloutCollector
from agent.sb3.adapter.spaces import Sensing

__all__ = ["ObjectiveHost", "RelabelingBuffer", "RolloutCollector", "Sensing", "Stretch", "saving"]
