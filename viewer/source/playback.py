"""Plays a life at the pace of the display: asks one step ahead, and interpolates the poses within a step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from viewer.source.moment_source import MomentSource

if TYPE_CHECKING:
    from agent.moment import Moment
    from worlds.events import Event

Array = npt.NDArray[np.float32]
AHEAD = 1  # moments requested before they are needed: what a user does takes effect after so many


class Playback:
    """Position in the life that is shown.

    Attributes:
        moment: The moment being shown; None before the first.
        start: Age of the mind (s) when it began to be shown.
        poses: (M, 7) poses to draw at this time.
        paused: While True no steps are asked for, except single ones.
        ended: Whether the life is over and all of it was shown.
        wall: Seconds watched, not counting pauses.
        steps: Moments shown.
    """

    def __init__(self, source: MomentSource, on_moment: Callable[[Moment], None] | None = None) -> None:
        self._source, self._on_moment = source, on_moment
        self.paused = False
        self._pending: list[Event] = []
        self._recent: deque[tuple[float, float]] = deque()
        self.steps = 0
        self._lived_before = 0.0  # seconds of lives that were begun again
        self._begin()

    def _begin(self) -> None:
        self.moment: Moment | None = None
        self.start = 0.0
        self.poses: Array = np.array(self._source.scene().poses, np.float32)
        self._keys: Array = self.poses[None]
        self._queue: deque[Moment] = deque()
        self._asked = 0
        self._clock = self._asked_at = self._latency = 0.0
        self._finishing = False
        self._phase = 1.0
        self._singles = 0
        self.ended = False
        self.wall = 0.0
        self._recent.clear()
        self._pending.clear()

    @property
    def duration(self) -> float:
        """Seconds lived in one step."""
        return self.moment.time / (self.moment.step + 1) if self.moment else 0.2

    @property
    def lived(self) -> float:
        """Seconds of life shown, however old the mind was before."""
        return self._lived_before + (self.moment.time - self.start if self.moment else 0.0)

    def send(self, event: Event) -> None:
        """Lets something happen before the next step that is asked for."""
        self._pending.append(event)

    def step_once(self) -> None:
        """Pauses and lives one step."""
        self.paused = self._finishing = True
        self._singles += 1

    def restart(self) -> None:
        """Begins the life again."""
        self._source.restart()
        self._lived_before = self.lived
        self._begin()

    def advance(self, seconds: float, speed: float) -> Sequence[Moment]:
        """Advances by some time of the clock.

        Args:
            seconds: Seconds of the clock since the last call.
            speed: Seconds lived per second watched, at most.

        Returns:
            The moments that began to be shown.
        """
        self._clock += seconds
        self._fetch()
        began: list[Moment] = []
        if not self.paused or self._singles or self._finishing:
            self.wall += seconds
            # A mind slower than asked for sets the pace: slow motion looks better than stop and go.
            pace = min(speed, self.duration / max(self._latency * 1.04, 1e-3))
            before = self._phase
            self._phase += seconds * pace / self.duration
            while self._phase >= 1.0 and self._queue and (not self.paused or self._singles):
                began.append(self._next())
                self._phase -= 1.0
                self._fetch()
            self._phase = min(self._phase, 1.0)  # starved: wait at the last pose
            if self._phase >= 1.0 and not self._singles:
                self._finishing = False
            self._recent.append((seconds, (len(began) + self._phase - before) * self.duration))
            while len(self._recent) > 1 and sum(s for s, _ in self._recent) > 3.0:
                self._recent.popleft()
        if self._source.ended and not self._queue and self._phase >= 1.0:
            self.ended = True
        self.poses = interpolate_poses(self._keys, self._phase)
        return began

    @property
    def actual(self) -> float:
        """Seconds lived per second watched, over the last three seconds."""
        watched = sum(s for s, _ in self._recent)
        return sum(lived for _, lived in self._recent) / watched if watched > 0 else 0.0

    def _fetch(self) -> None:
        wanted = AHEAD if not self.paused or self._singles else 0
        while not self._source.ended and self._asked + len(self._queue) < wanted:
            events, self._pending = self._pending, []
            self._source.request(events)
            self._asked += 1
            self._asked_at = self._clock
        moment = self._source.poll() if self._asked else None
        if moment is not None:
            self._asked -= 1
            took = self._clock - self._asked_at
            self._latency = took if not self._latency else self._latency + 0.2 * (took - self._latency)
            self._queue.append(moment)
            if self._on_moment is not None:
                self._on_moment(moment)
        elif self._source.ended:
            self._asked = 0

    def _next(self) -> Moment:
        first = self.moment is None
        self.moment = self._queue.popleft()
        if first:
            self.start = self.moment.time - self.duration
        self._singles = max(self._singles - 1, 0) if self.paused else 0
        self._finishing = self.paused
        self._keys = np.concatenate([self._keys[-1:], self.moment.frames])
        self.steps += 1
        return self.moment


def interpolate_poses(keys: npt.NDArray[Any], phase: float) -> Array:
    """Interpolates (F + 1, M, 7) poses at a phase from 0 to 1."""
    at = min(max(phase, 0.0), 1.0) * (len(keys) - 1)
    i = min(int(at), len(keys) - 2)
    if i < 0:
        return np.asarray(keys[0], np.float32)
    a, b, t = keys[i], keys[i + 1], at - i
    side = np.sign((a[:, 3:] * b[:, 3:]).sum(1, keepdims=True))  # a quaternion and its negative turn alike
    side[side == 0] = 1.0
    poses = np.concatenate([a[:, :3] + t * (b[:, :3] - a[:, :3]), a[:, 3:] + t * (side * b[:, 3:] - a[:, 3:])], axis=1)
    poses[:, 3:] /= np.maximum(np.linalg.norm(poses[:, 3:], axis=1, keepdims=True), 1e-9)
    return poses.astype(np.float32)
