"""Uses the window like a hasty person: python -m tests.viewer.scripted_window [ROUNDS]."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

os.environ.update(SDL_VIDEODRIVER="dummy", SDL_AUDIODRIVER="dummy")

import pygame

from tests.viewer import fake
from viewer.app import Window
from viewer.layout import ROOM
from viewer.source.moment_source import InlineSource


class ScriptedUser:
    """Presses keys and drags, and lets the window draw in between."""

    def __init__(self, window: Window) -> None:
        self._window, self._random = window, random.Random(0)

    def wait(self, pictures: int) -> None:
        for _ in range(pictures):
            for event in pygame.event.get():
                self._window._handle(event)
            self._window.update(1 / 60)

    def press(self, key: int, typed: str, pictures: int = 2) -> None:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=typed))
        self.wait(pictures)

    def drag(self, across: int, down: int, moves: int, button: int = 1) -> None:
        x = self._random.randint(ROOM.left + 5, ROOM.right - 5)
        y = self._random.randint(ROOM.top + 5, ROOM.bottom - 5)
        buttons = tuple(int(i + 1 == button) for i in range(3))
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(x, y), button=button))
        for _ in range(moves):
            x, y = x + across, y + down
            pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=(x, y), rel=(across, down), buttons=buttons))
            self.wait(1)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=(x, y), button=button))
        self.wait(2)

    def play(self) -> None:
        """Pauses, resets the camera, drags upwards out of the window, and goes on."""
        self.press(pygame.K_SPACE, " ")
        self.press(pygame.K_c, "c", 30)
        self.drag(self._random.randint(-3, 1), -8, 60)
        self.drag(self._random.randint(-20, 20), self._random.randint(-20, 20), 20, self._random.choice((1, 2)))
        for clicks in (8, -8, self._random.randint(-3, 3)):
            pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=clicks))
            self.wait(5)
        for key, typed in ((pygame.K_f, "f"), (pygame.K_p, "p"), (pygame.K_h, "h"), (pygame.K_h, "h")):
            self.press(key, typed, 8)
        self.press(pygame.K_SPACE, " ", 60)
        self.press(pygame.K_r, "r", 20)


def main(rounds: int) -> None:
    window = Window(InlineSource(fake.make, fake.live), 1.0, "a made-up life", None, Path(), 0.0)
    user = ScriptedUser(window)
    user.wait(60)
    for _ in range(rounds):
        user.play()
    report = window.report()
    window.close()
    print(report["frames"], report["error"])


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 4)
