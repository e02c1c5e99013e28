"""Positions of the parts of the window, and the status that they show."""

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
    """State of the window, apart from the moment that it shows.

    Attributes:
        title: Words for the agent that is shown, such as ``a kitten``.
        speed: Seconds to be lived per second watched.
        actual: Seconds really lived per second watched; None where that means nothing.
        fps: Pictures per second; None where that means nothing.
        paused: Whether the life is paused.
        ended: Whether the life has ended.
        error: Why the life broke off; empty where it did not.
        help: Whether the help page is open.
        plans: Whether imagined paths are shown.
        hover: Name of the thing under the mouse.
        push: Start and end (x, y) of the push being drawn (m), or None.
        note: A short message, such as where a picture was saved.
        clip: True in a record_video, which has no keys to name.
        time: Seconds since the window opened; drives what pulsates and blinks.
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
