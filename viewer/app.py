"""The window: shows a life, and turns keys and mouse into what happens to it."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from housecat.core.errors import UserError
from viewer.display import open_display
from viewer.export.report import WatchReport
from viewer.frame import Frame, draw_waiting
from viewer.keys import action_for
from viewer.layout import ROOM, SIZE, Status
from viewer.scene.mouse_input import MouseInput
from viewer.source.moment_source import MomentSource, SourceError
from viewer.source.playback import Playback
from viewer.title import body_name, describe_agent
from worlds.events import Meal

log = logging.getLogger(__name__)
SLOWEST, FASTEST = 0.25, 8.0
RATES = (60, 40)  # pictures a second at most, where drawing is quick and where it takes the mind's processor time
QUICK = 0.009  # seconds to draw a picture
YIELDING = 4  # pictures of which one is drawn while the life is late and the processors are busy
NOTE_SECONDS = 3.0


class Window:
    """Keeps time, asks for moments, shows pictures. Each key's action is the method of its name."""

    def __init__(
        self,
        source: MomentSource,
        speed: float,
        mind_name: str,
        on_moment: Callable[[Any], None] | None,
        pictures: Path,
        started: float,
    ) -> None:
        self._mind_name = mind_name
        title = describe_agent(mind_name)
        self.surface = open_display(SIZE, f"housecat: {title}")
        pygame.font.init()
        pygame.key.set_repeat(400, 120)
        self._source, self._on_moment, self._pictures = source, on_moment, pictures
        self._started = started
        self._first = self._effort = 0.0
        self._intervals: list[float] = []
        self._undrawn, self._undrawn_seconds = 0, 0.0
        self._touched: Counter[str] = Counter()
        self._modes: Counter[str] = Counter()
        self._open = True
        self._note_until = 0.0
        self.status = Status(title=title, speed=min(max(speed, SLOWEST), FASTEST))
        self.frame: Frame | None = None
        self.playback: Playback | None = None

    def run(self, seconds: float | None = None) -> None:
        """Shows pictures until closed, or until so many seconds were lived."""
        clock = pygame.time.Clock()
        while self._open:
            passed = clock.tick(RATES[self._effort > QUICK]) / 1000
            for event in pygame.event.get():
                self._handle(event)
            self.update(passed)
            if seconds is not None and self.playback is not None and self.playback.lived >= seconds - 1e-6:
                break
            if seconds is not None and self.status.ended:
                break

    def update(self, passed: float) -> None:
        """Lives on, and shows a picture unless the life needs the processor more.

        Args:
            passed: Seconds since the last call.
        """
        begun = time.perf_counter()
        if self.frame is None and self._source.ready():
            self._begin()
        if self.frame is None or self.playback is None:
            draw_waiting(self.surface, self.status.title, begun)
            pygame.display.flip()
            return
        self._advance(self.frame, self.playback, passed)
        self._undrawn, self._undrawn_seconds = self._undrawn + 1, self._undrawn_seconds + passed
        if self._undrawn < (YIELDING if self._late() else 1):
            return
        passed, self._undrawn, self._undrawn_seconds = self._undrawn_seconds, 0, 0.0
        if begun > self._note_until:
            self.status.note = ""
        if self._first:
            self._intervals.append(passed)
            self.status.fps = 1.0 / max(float(np.mean(self._intervals[-30:])), 1e-6)
        self.frame.paint(self.surface, self.playback.poses, passed, self.status)
        pygame.display.flip()
        self._effort += 0.1 * (time.perf_counter() - begun - self._effort)
        if not self._first:
            self._first = time.perf_counter() - self._started

    def _late(self) -> bool:
        """Tells whether the life falls behind the speed asked for where every processor has something to do."""
        actual = self.status.actual
        late = actual is not None and not self.status.paused and actual < 0.9 * self.status.speed
        return late and os.getloadavg()[0] > len(os.sched_getaffinity(0))

    def _begin(self) -> None:
        self.frame = Frame(self._source)
        self.status.title = describe_agent(self._mind_name, body_name(self._source.scene()))
        pygame.display.set_caption(f"housecat: {self.status.title}")
        self.playback = Playback(self._source, self._on_moment)
        self._mouse = MouseInput(self._source, self.frame.camera_controller, ROOM)

    def _advance(self, frame: Frame, playback: Playback, passed: float) -> None:
        playback.paused = playback.paused and not self.status.ended
        try:
            for moment in playback.advance(min(passed, 0.25), self.status.speed):
                frame.add(moment)
                self._modes[moment.thought.mode] += 1
                self._touched.update({str(e.get("thing")) for e in moment.events if e.get("event") == "contact"})
                for event in moment.events:
                    if event.get("event") == "reloaded":
                        self.note(f"{event.get('objective')} goes on in its new version")
        except (SourceError, UserError) as error:
            self.status.error = self.status.error or str(error)
        self.status.paused = playback.paused
        self.status.ended = playback.ended
        self.status.actual = playback.actual if playback.wall > 2.0 else None
        self.status.hover, self.status.push = self._mouse.hover, self._mouse.push

    def _handle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self._open = False
        elif event.type == pygame.KEYDOWN:
            action = action_for(pygame.key.name(event.key), event.unicode.lower())
            if action is not None:
                getattr(self, action)()
        elif self.playback is not None and not self.status.help:
            poke = self._mouse.handle(event, self.playback.poses, bool(pygame.key.get_mods() & pygame.KMOD_SHIFT))
            if poke is not None:
                self.playback.send(poke)
                self.note(f"you push the {poke.target}")

    def note(self, words: str) -> None:
        """Shows a short message for a while."""
        self.status.note = words
        self._note_until = time.perf_counter() + NOTE_SECONDS

    def pause(self) -> None:
        """Stops asking for moments, or goes on."""
        if self.playback:
            self.playback.paused = not self.playback.paused

    def single(self) -> None:
        """Lives one step."""
        if self.playback:
            self.playback.step_once()

    def faster(self) -> None:
        """Doubles the speed."""
        self.status.speed = min(self.status.speed * 2, FASTEST)

    def slower(self) -> None:
        """Halves the speed."""
        self.status.speed = max(self.status.speed / 2, SLOWEST)

    def meal(self) -> None:
        """Feeds it before its next step."""
        if self.playback:
            self.playback.send(Meal())
            self.note("you give it a meal")

    def follow(self) -> None:
        """Lets the camera follow the body, or stop following."""
        if self.frame:
            self.frame.camera_controller.follow()

    def reset_camera(self) -> None:
        """Looks from where the camera began."""
        if self.frame:
            self.frame.camera_controller.reset()

    def imagination(self) -> None:
        """Shows or hides plans."""
        self.status.plans = not self.status.plans

    def screenshot(self) -> None:
        """Saves what the window shows."""
        path = self._pictures / time.strftime("housecat-%Y%m%d-%H%M%S.png")
        pygame.image.save(self.surface, str(path))
        log.info("saved %s", path)
        self.note(f"saved {path.name}")

    def restart(self) -> None:
        """Begins the life again."""
        if self.playback and self.frame:
            try:
                self.playback.restart()
                self.frame.clear()
                self.status.error = ""
            except (SourceError, UserError) as error:
                self.status.error = str(error)

    def help(self) -> None:
        """Opens or closes the help page."""
        self.status.help = not self.status.help

    def quit(self) -> None:
        """Closes the window; the help page first, when that is open."""
        if self.status.help:
            self.status.help = False
        else:
            self._open = False

    def report(self) -> WatchReport:
        """Returns how it went."""
        gaps = np.array(self._intervals[1:] or [np.inf])
        playback = self.playback
        return WatchReport(
            agent=self.status.title,
            frames=len(self._intervals) + bool(self._first),
            fps=round(float(1 / np.median(gaps)), 1),
            fps_p5=round(float(1 / np.percentile(gaps, 95)), 1),
            steps=playback.steps if playback else 0,
            seconds=round(playback.lived, 3) if playback else 0.0,
            touched=dict(self._touched.most_common()),
            modes=dict(self._modes.most_common()),
            time_to_first_frame=round(self._first, 3),
            backend=self.frame.backend if self.frame else "",
            kept="",
            error=self.status.error,
        )

    def close(self) -> None:
        """Closes the window."""
        if self.frame:
            self.frame.close()
        pygame.display.quit()
