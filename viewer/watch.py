"""Opens the window on a life, and closes both in the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from viewer.app import Window
from viewer.export.report import WatchReport
from viewer.source.moment_source import MomentSource
from viewer.source.process_source import ProcessSource
from viewer.source.worker import Keep, Make

if TYPE_CHECKING:
    from agent.moment import Moment

__all__ = ["WatchReport", "watch"]

log = logging.getLogger(__name__)


def watch(
    source: Make | MomentSource,
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
        source: Makes the world and the mind, in a process of its own and so picklable; or a source of moments.
        seconds: Seconds of life after which to close; None to stay open.
        speed: Seconds to be lived per second watched.
        mind_name: Name of the mind, for the title: see `describe_agent`.
        keep: Keeps the life in the end, whatever ends the window, see `ProcessSource`; for a `source` that makes one.
        on_moment: Called with every moment lived, in order.
        pictures: Folder that screenshots are saved to.

    Raises:
        UserError: If world or mind cannot be made from what was given.
        SourceError: If they cannot be made for another reason.
    """
    started = time.perf_counter()
    moments: MomentSource = ProcessSource(source, keep=keep) if callable(source) else source
    try:
        window = Window(moments, speed, mind_name, on_moment, pictures, started)
        try:
            window.run(seconds)
        except KeyboardInterrupt:
            log.info("stopped by Ctrl-C")
        finally:
            window.close()
    except BaseException:
        moments.close()
        if moments.kept:
            log.error("the window failed; the life is kept. Go on with it: housecat watch --resume %s", moments.kept)
        raise
    moments.close()
    return {**window.report(), "kept": moments.kept}
