"""Shows progress on stderr, as a bar in a terminal and a line every ten per cent elsewhere; and defers Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType, TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

SPEED_WINDOW = 5.0  # seconds over which the shown speed is averaged


class ProgressBar:
    """Shows how far a task is; a context manager.

    Args:
        title: What is being done.
        total: Units that the task takes.
        unit: Name of the units; of ``"%"`` no speed is shown.

    Attributes:
        done: Units done so far.
    """

    def __init__(self, title: str, total: float, unit: str = "steps") -> None:
        self.title, self.total, self.unit, self.done = title, total, unit, 0.0
        self._console = Console(stderr=True)
        self._printed_tenths = 0
        self._history: list[tuple[float, float]] = []  # (time in s, units done) within the last `SPEED_WINDOW`
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[text]}")
        self._bar = Progress(*columns, TimeRemainingColumn(), console=self._console)
        self._task = self._bar.add_task(title, total=total, text="")

    def __enter__(self) -> ProgressBar:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __call__(self, done: float, note: str = "") -> None:
        """Shows that `done` units are done, and a note."""
        self.done = done
        now = time.perf_counter()
        self._history.append((now, done))
        while len(self._history) > 2 and now - self._history[0][0] > SPEED_WINDOW:
            self._history.pop(0)
        then, before = self._history[0]
        speed = (done - before) / max(1e-6, now - then)
        amount = f"{done:.0f} %" if self.unit == "%" else f"{done:.0f}/{self.total:.0f} {self.unit}, {speed:.1f}/s"
        line = f"{amount}, {note}" if note else amount
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, text=line)
        elif (tenths := int(10 * done / max(self.total, 1e-9))) > self._printed_tenths:
            self._printed_tenths = tenths
            print(f"{self.title}: {line}", file=sys.stderr, flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()


class InterruptFlag:
    """Notes Ctrl-C (SIGINT) and SIGTERM within its block, so that a step can be finished and kept.

    A second one does not wait: it raises KeyboardInterrupt.

    Attributes:
        is_set: True once a signal has come.
    """

    def __init__(self) -> None:
        self.is_set = False

    def __enter__(self) -> InterruptFlag:
        self._before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.is_set:
            raise KeyboardInterrupt
        self.is_set = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
