"""A life in a process of its own."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from viewer.source.moment_source import SourceError
from viewer.source.worker import KEEP_SECONDS, Keep, Live, Make, live_with_reload, work

if TYPE_CHECKING:
    from agent.moment import Moment
    from worlds.events import Event
    from worlds.rendering.scene import Scene, Vector

log = logging.getLogger(__name__)


class ProcessSource:
    """Lives in a process of its own, so that thinking never holds up a window.

    The process is started anew (spawned), so `make` and `live` must be picklable: functions of a module, or
    `functools.partial` of them. It ends with this process, whatever ends that; first it keeps the life.

    Args:
        make: Makes the world and the mind.
        live: Lives the mind in the world.
        keep: Keeps the life in the end, also where this process is killed: given world, mind and the number of steps
            that were watched, it saves them and returns where. None to keep nothing.
    """

    def __init__(self, make: Make, live: Live = live_with_reload, keep: Keep | None = None) -> None:
        self._make, self._live, self._keep = make, live, keep
        self.kept = ""
        self._life = 0
        self._moments: list[Moment] = []
        self._known: tuple[Scene, tuple[str, ...]] | None = None
        self._picture: npt.NDArray[np.uint8] | None = None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=work,
            args=(theirs, self._make, self._live, self._life, self._keep),
            name="housecat-life",
            daemon=True,
        )
        # A Ctrl-C is for the window, even while this process is only beginning.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # so that the pipe breaks when the process dies
        self._drawing = self._broken = self._closed = False
        self.ended = False

    def ready(self) -> bool:
        """Tells whether world and mind exist by now.

        Raises:
            UserError: If they could not be made because of what was given.
            SourceError: If they could not be made.
        """
        self._receive()
        return self._known is not None

    def scene(self) -> Scene:
        """Returns what there is to draw; waits until it is known."""
        return self._wait()[0]

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things; waits until they are known."""
        return self._wait()[1]

    def _wait(self) -> tuple[Scene, tuple[str, ...]]:
        while self._known is None:
            self._pipe.poll(1.0)
            self._receive()
        return self._known

    def request(self, events: Sequence[Event] = ()) -> None:
        """Asks for one more step."""
        self._send("step", self._life, tuple(events))

    def poll(self) -> Moment | None:
        """Returns a moment that has arrived.

        Raises:
            SourceError: If the life broke off.
        """
        self._receive()
        return self._moments.pop(0) if self._moments else None

    def restart(self) -> None:
        """Begins again, from birth; moments of the former life still under way are dropped."""
        self._life += 1
        self._moments.clear()
        if self._broken or not self._process.is_alive():
            self._stop()
            self._start()
        else:
            self.ended = False
            self._send("restart", self._life, ())

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Returns the latest picture that the process drew, and asks for the next one."""
        if not self._drawing:
            self._drawing = True
            self._send("draw", self._life, (width, height, eye, target, fov))
        self._receive()
        if self._picture is None or self._picture.shape != (height, width, 3):
            return np.full((height, width, 3), 20, np.uint8)
        return self._picture

    def _send(self, *message: Any) -> None:
        try:
            self._pipe.send(message)
        except (BrokenPipeError, OSError) as error:
            self._broken = self.ended = True
            self._receive()
            raise SourceError(f"the life's process is gone (exit code {self._process.exitcode})") from error

    def _receive(self) -> None:
        try:
            while self._pipe.poll():
                self._take(*self._pipe.recv())
        except (EOFError, OSError) as error:
            self._broken = self.ended = True
            self._process.join(1.0)
            raise SourceError(f"the life's process ended (exit code {self._process.exitcode})") from error

    def _take(self, kind: str, life: int, content: Any) -> None:
        if kind == "ready":
            self._known = content
        elif kind == "picture":
            self._picture, self._drawing = content, False
        elif kind == "error":
            mistake, message, trace = content
            self._broken = self.ended = True  # its process ends after this
            if mistake:
                raise UserError(message)
            log.error("the life broke off:\n%s", trace)
            raise SourceError(message)
        elif life == self._life and kind == "moment":
            self._moments.append(content)
        elif life == self._life and kind == "end":
            self.ended = True
        elif kind == "kept":
            self.kept, self._closed = content, True

    def close(self) -> None:
        """Lets the process keep the life, and ends it."""
        if self._keep is not None and self._known is not None and not self._broken:
            try:
                self._pipe.send(("close", self._life, ()))
                until = time.monotonic() + KEEP_SECONDS
                while time.monotonic() < until:  # the process closes its end of the pipe after its last message
                    self._pipe.poll(0.5)
                    self._receive()
            except (SourceError, UserError, OSError) as error:
                if not self._closed:
                    log.warning("the life could not be kept: %s", error)
        self._stop()

    def _stop(self) -> None:
        """Ends the process: kindly, then firmly."""
        try:
            self._pipe.send(("close", self._life, ()))
        except (BrokenPipeError, OSError):
            log.debug("the life's process was gone already")
        self._process.join(0.5)
        if self._process.is_alive():  # thinking, or stuck: nothing of it is needed any more
            self._process.kill()
            self._process.join(5.0)
        self._pipe.close()
