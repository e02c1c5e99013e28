"""The window in which a life is watched, and the clips and summaries made of one."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viewer.export.report import farewell
    from viewer.export.summary import Summary, summarise
    from viewer.export.video import VideoWriter, record_video
    from viewer.keys import KEYS, MOUSE
    from viewer.source.moment_source import InlineSource, MomentSource, SourceError
    from viewer.source.process_source import ProcessSource
    from viewer.watch import WatchReport, watch

__all__ = [
    "KEYS",
    "MOUSE",
    "InlineSource",
    "MomentSource",
    "ProcessSource",
    "SourceError",
    "Summary",
    "VideoWriter",
    "WatchReport",
    "farewell",
    "record_video",
    "summarise",
    "watch",
]

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # read when pygame is imported

_HOME = {
    "KEYS": "keys",
    "MOUSE": "keys",
    "VideoWriter": "export.video",
    "record_video": "export.video",
    "InlineSource": "source.moment_source",
    "MomentSource": "source.moment_source",
    "SourceError": "source.moment_source",
    "ProcessSource": "source.process_source",
    "farewell": "export.report",
    "Summary": "export.summary",
    "summarise": "export.summary",
    "WatchReport": "watch",
    "watch": "watch",
}


def __getattr__(name: str) -> Any:
    # Looked up late: the process that lives a life needs neither pygame nor a display.
    if name in _HOME:
        found = getattr(import_module(f"viewer.{_HOME[name]}"), name)
        globals()[name] = found  # importing viewer.watch has made the name `watch` that of the module
        return found
    raise AttributeError(f"module 'viewer' has no attribute {name!r}")
