"""Progress on stderr, a bar in a terminal and a line every ten per cent elsewhere; and a Ctrl-C that waits."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType, TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

WINDOW = 5.0  # seconds that the shown speed is the mean of


class Bar:
    """Shows how far something is; a context manager.

    Args:
        title: What is being done.
        total: Units it takes.
        unit: What is counted.
    """

    def __init__(self, title: str, total: float, unit: str = "steps") -> None:
        self.title, self.total, self.unit, self.done = title, total, unit, 0.0
        self._console = Console(stderr=True)
        self._told = 0
        self._marks: list[tuple[float, float]] = []  # when how much was done
        words = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}")
        self._bar = Progress(*words, TimeRemainingColumn(), console=self._console)
        self._task = self._bar.add_task(title, total=total, words="")

    def __enter__(self) -> Bar:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __call__(self, done: float, words: str = "") -> None:
        """Shows that `done` units are done, and some words."""
        self.done = done
        now = time.perf_counter()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW:
            self._marks.pop(0)
        then, before = self._marks[0]
        speed = (done - before) / max(1e-6, now - then)
        line = f"{done:.0f}/{self.total:.0f} {self.unit}, {speed:.1f}/s{', ' + words if words else ''}"
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, words=line)
        elif (tenths := int(10 * done / max(self.total, 1e-9))) > self._told:
            self._told = tenths
            print(f"{self.title}: {line}", file=sys.stderr, flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()


class Interrupts:
    """Notes Ctrl-C and a friendly kill, so that a step can be finished and kept; a second Ctrl-C does not wait.

    Attributes:
        asked: True once somebody asked to stop.
    """

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Interrupts:
        self._before = {s: signal.signal(s, self._note) for s in (signal.SIGINT, signal.SIGTERM)}
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
