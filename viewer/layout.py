"""Where the parts of the window are, and what the window tells them."""

from __future__ import annotations

from dataclasses import dataclass

import pygame

SIZE = (1280, 720)
ROOM = pygame.Rect(14, 14, 892, 496)
TIMELINE = pygame.Rect(14, 522, 892, 184)
FEELINGS = pygame.Rect(918, 14, 348, 304)
BODY = pygame.Rect(918, 330, 348, 94)
MIND = pygame.Rect(918, 436, 348, 270)


@dataclass
class Status:
    """What the window knows besides the life itself.

    Attributes:
        title: Whose life it is.
        speed: Seconds to be lived per second watched.
        actual: Seconds really lived per second watched; None where that means nothing.
        fps: Pictures per second; None where that means nothing.
        paused: Whether the life waits.
        ended: Whether it is over.
        error: Why it broke off, or empty.
        help: Whether the help page is open.
        plans: Whether imagined paths are shown.
        hover: Name of the thing under the mouse.
        push: Where a push begins and where it points (m), while it is being drawn.
        note: A short message, such as where a picture was saved.
        clip: True in a film, which has no keys to name.
        time: Seconds since the window opened, for what breathes and blinks.
    """

    title: str = "a life"
    speed: float = 1.0
    actual: float | None = None
    fps: float | None = None
    paused: bool = False
    ended: bool = False
    error: str = ""
    help: bool = False
    plans: bool = True
    hover: str = ""
    push: tuple[tuple[float, float], tuple[float, float]] | None = None
    note: str = ""
    clip: bool = False
    time: float = 0.0
