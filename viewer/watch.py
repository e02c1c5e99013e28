"""Opens a window on a life, and sees to it that both are closed in the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.app import Window
from viewer.export.report import WatchReport
from viewer.source.process_source import ProcessLife
from viewer.source.source import Life
from viewer.source.worker import Keep, Make

if TYPE_CHECKING:
    from agent.moment import Moment

__all__ = ["WatchReport", "watch"]

log = logging.getLogger(__name__)


def watch(
    source: Make | Life,
    *,
    seconds: float | None = None,
    speed: float = 1.0,
    mind_name: str = "",
    keep: Keep | None = None,
    on_moment: Callable[[Moment], None] | None = None,
    pictures: Path = Path(),
) -> WatchReport:
    """Shows a life until the window is closed or Ctrl-C.

    Args:
        source: Makes the world and the mind, in a process of its own and so picklable; or a life.
        seconds: Seconds of life after which to close; None to stay open.
        speed: Seconds to be lived per second watched.
        mind_name: Name of the mind, for the title: see `describe_agent`.
        keep: Keeps the life in the end, whatever ends the window, see `ProcessLife`; for a `source` that makes one.
        on_moment: Called with every moment lived, in order.
        pictures: Folder that screenshots are saved to.

    Raises:
        UserError: If world or mind cannot be made from what was given.
        LifeError: If they cannot be made for another reason.
    """
    started = time.perf_counter()
    life: Life = ProcessLife(source, keep=keep) if callable(source) else source
    try:
        window = Window(life, speed, mind_name, on_moment, pictures, started)
        try:
            window.run(seconds)
        except KeyboardInterrupt:
            log.info("stopped by Ctrl-C")
        finally:
            window.close()
    finally:
        life.close()
    return {**window.report(), "kept": life.kept}
