"""The window in which a life is watched, and the clips and summaries made of one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.clip import Clip, film
    from viewer.keys import KEYS, MOUSE
    from viewer.life import InlineLife, Life, LifeError
    from viewer.process_life import ProcessLife
    from viewer.summary import Summary, summarise
    from viewer.watching import WatchReport, watch

__all__ = [
    "KEYS",
    "MOUSE",
    "Clip",
    "InlineLife",
    "Life",
    "LifeError",
    "ProcessLife",
    "Summary",
    "WatchReport",
    "film",
    "summarise",
    "watch",
]

_HOME = {
    "KEYS": "keys",
    "MOUSE": "keys",
    "Clip": "clip",
    "film": "clip",
    "InlineLife": "life",
    "Life": "life",
    "LifeError": "life",
    "ProcessLife": "process_life",
    "Summary": "summary",
    "summarise": "summary",
    "WatchReport": "watching",
    "watch": "watching",
}


def __getattr__(name: str) -> Any:
    # Looked up late: the process that lives a life needs neither pygame nor a display.
    if name in _HOME:
        return getattr(import_module(f"viewer.{_HOME[name]}"), name)
    raise AttributeError(f"module 'viewer' has no attribute {name!r}")
