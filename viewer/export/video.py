"""A film of a life: the very picture of the window, streamed to a file that survives being cut off."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pygame

from viewer.export.summary import Summary
from viewer.frame import Stage
from viewer.layout import ROOM, SIZE, Status
from viewer.source.playback import Playback
from viewer.source.source import InlineLife, Life
from viewer.source.worker import Live, Make, lived
from viewer.title import body_name, describe_agent

if TYPE_CHECKING:
    from agent.moment import Moment

STILLS = 6


class Clip:
    """Writes pictures to an mp4 as they come; a context manager.

    The file is made of fragments of a second each, so what was written before an interruption plays.

    Args:
        path: Of the file; replaced when it exists.
        fps: Pictures a second.
    """

    def __init__(self, path: Path | str, fps: int = 30) -> None:
        self.path = Path(path)
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        self._file = av.open(str(path), "w", format="mp4", options=options)
        # A profile that everything plays, and a keyframe a second, at which a fragment ends.
        tuning = {"preset": "veryfast", "crf": "21", "g": str(fps), "threads": "1"}
        self._stream = self._file.add_stream("libx264", rate=Fraction(fps), options=tuning)
        self._stream.width, self._stream.height = SIZE
        self._stream.pix_fmt = "yuv420p"
        self._written = 0

    def __enter__(self) -> Clip:
        return self

    def add(self, surface: pygame.Surface) -> None:
        """Writes one picture."""
        pixels = np.frombuffer(pygame.image.tobytes(surface, "RGB"), np.uint8)
        frame = av.VideoFrame.from_ndarray(pixels.reshape(SIZE[1], SIZE[0], 3), format="rgb24")
        frame.pts = self._written
        self._written += 1
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Writes what is left and closes the file."""
        self._file.mux(self._stream.encode())
        self._file.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def film(
    source: Make | Life,
    path: Path | str,
    seconds: float,
    *,
    fps: int = 30,
    speed: float = 1.0,
    mind_name: str = "",
    summary_png: Path | str | None = None,
    progress: Callable[[float], Any] | None = None,
    on_moment: Callable[[Moment], None] | None = None,
    live: Live = lived,
) -> int:
    """Films a life without a window, as the window would show it.

    Args:
        source: Makes the world and the mind; or a life.
        path: Of the mp4.
        seconds: Seconds of life to film; fewer when it ends before.
        fps: Pictures a second.
        speed: Seconds lived per second of film.
        mind_name: Name of the mind, for the title: see `describe_agent`.
        summary_png: Where to draw one page about the life, or None.
        progress: Called with the seconds of life filmed so far.
        on_moment: Called with every moment.
        live: What lives the mind in the world, where `source` makes them.

    Returns:
        Control steps filmed.
    """
    life: Life = InlineLife(source, live) if callable(source) else source
    pygame.font.init()
    surface = pygame.Surface(SIZE)
    stage = Stage(life)
    playback = Playback(life, on_moment)
    summary = Summary(life.scene())
    status = Status(title=describe_agent(mind_name, body_name(life.scene())), speed=speed, clip=True)
    frames = max(1, round(seconds / speed * fps))
    try:
        with Clip(path, fps) as clip:
            for i in range(frames):
                for moment in playback.advance(1.0 / fps, speed):
                    stage.add(moment)
                    summary.add(moment)
                    if progress is not None:
                        progress(min(playback.lived, seconds))
                status.ended = playback.ended
                stage.paint(surface, playback.poses, 1.0 / fps, status)
                clip.add(surface)
                if (i + 1) % max(1, frames // (STILLS + 1)) == 0:
                    summary.still(surface.subsurface(ROOM))
                if playback.ended:
                    break
    finally:
        if summary_png is not None and playback.steps:
            summary.save(summary_png)
        stage.close()
        life.close()
    return playback.steps
