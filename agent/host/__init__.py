"""A body for objectives where there is no mind: any Gymnasium environment that some algorithm learns in."""

from agent.host import saving
from agent.host.host import Host, Stretch
from agent.host.judging import Judged
from agent.host.sensing import Sensing
from agent.host.transitions import Transitions

__all__ = ["Host", "Judged", "Sensing", "Stretch", "Transitions", "saving"]
