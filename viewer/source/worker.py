"""The process that lives a life on request, and never outlives who asks."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from housecat.core.errors import UserError

if TYPE_CHECKING:
    from worlds.events import Event

Drain = Callable[[int], "Sequence[Event]"]


def lived(world: Any, mind: Any, events: Drain) -> Iterator[Any]:
    """Lives an agent's life, learning; a plug-in whose file is saved goes on in its new version."""
    import agent  # here, because the process that shows the window can do without torch
    from agent.hot_reload import watched

    moments: Iterator[Any] = agent.live(world, mind, events=watched(mind, events))
    return moments


def work(
    pipe: Connection, make: Callable[[], tuple[Any, Any]], live: Callable[[Any, Any, Drain], Any], life: int
) -> None:
    """Answers requests until told to close or until the asking process is gone.

    Messages are (kind, life, content): in come ``step``, ``restart``, ``draw`` and ``close``; out go ``ready``,
    ``moment``, ``picture``, ``end`` and ``error``. A life's number tells moments of a former life apart.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the window, which then closes us
    threading.Thread(target=_die_with_parent, daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the window needs the other core
    os.nice(5)  # and a late picture is seen, while a late thought is not
    try:
        pending: list[Any] = []

        def drain(step: int) -> Sequence[Event]:
            taken = list(pending)
            pending.clear()
            return taken

        world, moments = _begin(pipe, make, live, drain, life)
        while True:
            kind, life, content = pipe.recv()
            if kind == "close":
                return
            if kind == "step":
                pending += content
                moment = next(moments, None)
                pipe.send(("end", life, None) if moment is None else ("moment", life, moment))
            elif kind == "restart":
                pending.clear()
                world.close()
                world, moments = _begin(pipe, make, live, drain, life)
            elif kind == "draw":
                pipe.send(("picture", life, world.tiny_render(*content)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # nobody is listening
    except Exception as error:  # whatever a mind, a world or a plug-in raises is told, not swallowed
        words = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
        pipe.send(("error", life, (isinstance(error, UserError), words, traceback.format_exc())))


def _begin(
    pipe: Connection,
    make: Callable[[], tuple[Any, Any]],
    live: Callable[[Any, Any, Drain], Any],
    drain: Drain,
    life: int,
) -> tuple[Any, Iterator[Any]]:
    world, mind = make()
    pipe.send(("ready", life, (world.scene(), tuple(world.things))))
    return world, live(world, mind, drain)


def _die_with_parent() -> None:
    """Ends this process at once when its parent is gone, even in the middle of a thought."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
