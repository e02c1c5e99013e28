"""The process that lives a life on request, and never outlives who asks."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from housecat.core.errors import UserError

if TYPE_CHECKING:
    from worlds.events import Event

TakeEvents = Callable[[int], "Sequence[Event]"]
Make = Callable[[], tuple[Any, Any]]
Live = Callable[[Any, Any, TakeEvents], Iterator[Any]]
Keep = Callable[[Any, Any, int], str]
KEEP_SECONDS = 60.0


def live_with_reload(world: Any, mind: Any, events: TakeEvents) -> Iterator[Any]:
    """Lives an agent's life, learning; a plug-in whose file is saved goes on in its new version."""
    import agent  # here, because the process that shows the window can do without torch
    from agent.hot_reload import watched

    moments: Iterator[Any] = agent.live(world, mind, events=watched(mind, events))
    return moments


class Worker:
    """Lives a life step by step, as messages ask for it.

    Messages are (kind, life, content): in come ``step``, ``restart``, ``draw`` and ``close``; out go ``ready``,
    ``moment``, ``picture``, ``end``, ``kept`` and ``error``. The number `life` rises with each restart: it tells
    moments of a former life apart.
    """

    def __init__(self, pipe: Connection, make: Make, live: Live, keep: Keep | None) -> None:
        self._pipe, self._make, self._live, self._keep = pipe, make, live, keep
        self._events: list[Event] = []
        self._life = 0

    def run(self, life: int) -> None:
        """Answers messages until one asks to close, or until the process at the other end is gone.

        Args:
            life: Number of the first life.
        """
        self._life = life
        try:
            self._begin()
            while self._answer(*self._pipe.recv()):
                pass
        except (EOFError, BrokenPipeError, ConnectionResetError):  # nobody is listening
            self._keep_for_later()
        except Exception as error:  # whatever a mind, a world or a plug-in raises is sent, not swallowed
            words = str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"
            self._send("error", (isinstance(error, UserError), words, traceback.format_exc()))

    def _begin(self) -> None:
        self._steps = 0
        self._world, self._mind = self._make()
        self._moments = self._live(self._world, self._mind, self._take_events)
        self._send("ready", (self._world.scene(), tuple(self._world.things)))

    def _take_events(self, step: int) -> Sequence[Event]:
        events, self._events = self._events, []
        return events

    def _answer(self, kind: str, life: int, content: Any) -> bool:
        """Does what a message asks for; returns whether to wait for another."""
        self._life = life
        if kind == "step":
            self._events += content
            moment = next(self._moments, None)
            self._steps += moment is not None
            self._send("end" if moment is None else "moment", moment)
        elif kind == "restart":
            self._events.clear()
            self._world.close()
            self._begin()
        elif kind == "draw":
            self._send("picture", self._world.tiny_render(*content))
        elif kind == "close":
            self._send("kept", self._kept())
            return False
        return True

    def _send(self, kind: str, content: Any) -> None:
        self._pipe.send((kind, self._life, content))

    def _kept(self) -> str:
        """Keeps the life as it is after its last whole step; returns where, or an empty string."""
        return self._keep(self._world, self._mind, self._steps) if self._keep is not None and self._steps else ""

    def _keep_for_later(self) -> None:
        """Keeps the life of which the window has ended unexpectedly, and says how to go on with it."""
        try:
            place = self._kept()
            words = f"the window's process ended; the life is kept. Go on with it: housecat watch --resume {place}"
        except UserError as error:
            place, words = "nowhere", f"the window's process ended, and the life could not be kept: {error}"
        if place:
            print(f"housecat: {words}", file=sys.stderr, flush=True)  # noqa: T201  # nobody else is left to say it


def work(pipe: Connection, make: Make, live: Live, life: int, keep: Keep | None) -> None:
    """Runs in the life's process: answers requests, and never outlives the asking process for long.

    Args:
        pipe: Carries messages, see `Worker`.
        make: Makes the world and the mind.
        live: Lives the mind in the world.
        life: Number of the first life.
        keep: Keeps a life, given world, mind and the number of steps that it was watched; returns where. None to
            keep none.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the window, which then closes us
    if keep is not None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a closed terminal ends the window; we keep the life first
    grace = 0.0 if keep is None else KEEP_SECONDS
    threading.Thread(target=_die_with_parent, args=(grace,), daemon=True).start()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the window needs the other core
    Worker(pipe, make, live, keep).run(life)


def _die_with_parent(grace: float) -> None:
    """Ends this process when its parent is gone, even in the middle of a thought.

    Args:
        grace: Seconds left to keep the life.
    """
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        time.sleep(grace)
        os._exit(1)
