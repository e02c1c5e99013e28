"""What is known after watching a life."""

from __future__ import annotations

from typing import TypedDict


class WatchReport(TypedDict):
    """How watching went.

    Keys:
        frames: Pictures shown of the life.
        fps: Their median rate (1/s).
        fps_p5: The rate that 95 of 100 pictures reached (1/s).
        steps: Control steps shown.
        seconds: Seconds of life shown.
        time_to_first_frame: Seconds until the room was seen.
        backend: What drew the room.
        error: Why the life broke off, or empty.
    """

    frames: int
    fps: float
    fps_p5: float
    steps: int
    seconds: float
    time_to_first_frame: float
    backend: str
    error: str
