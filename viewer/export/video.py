"""Videos of a life: the picture of the window, written to a file that stays playable when cut off."""

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
from viewer.frame import Frame
from viewer.layout import ROOM, SIZE, Status
from viewer.source.moment_source import InlineSource, MomentSource
from viewer.source.playback import Playback
from viewer.source.worker import Live, Make, live_with_reload
from viewer.title import body_name, describe_agent

if TYPE_CHECKING:
    from agent.moment import Moment

STILLS = 6


class VideoWriter:
    """Writes pictures to an mp4 file; a context manager.

    The file is made of fragments of a second each, so what was written before an interruption plays.

    Args:
        path: Path of the file; it is replaced when it exists.
        fps: Pictures per second.
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

    def __enter__(self) -> VideoWriter:
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


def record_video(
    source: Make | MomentSource,
    path: Path | str,
    seconds: float,
    *,
    fps: int = 30,
    speed: float = 1.0,
    mind_name: str = "",
    summary_png: Path | str | None = None,
    progress: Callable[[float], Any] | None = None,
    on_moment: Callable[[Moment], None] | None = None,
    live: Live = live_with_reload,
) -> int:
    """Records a video of a life without a window, as the window would show it.

    Args:
        source: Makes the world and the mind; or a source of moments.
        path: Path of the mp4 file.
        seconds: Seconds of life to record; fewer when it ends before.
        fps: Pictures per second.
        speed: Seconds of life per second of video.
        mind_name: Name of the mind, for the title: see `describe_agent`.
        summary_png: Path of a picture that sums up the life, or None.
        progress: Called with the seconds of life recorded so far.
        on_moment: Called with each moment.
        live: Lives the mind in the world, where `source` makes them.

    Returns:
        The number of control steps recorded.
    """
    moments: MomentSource = InlineSource(source, live) if callable(source) else source
    pygame.font.init()
    surface = pygame.Surface(SIZE)
    frame = Frame(moments)
    playback = Playback(moments, on_moment)
    summary = Summary(moments.scene())
    status = Status(title=describe_agent(mind_name, body_name(moments.scene())), speed=speed, clip=True)
    frames = max(1, round(seconds / speed * fps))
    try:
        with VideoWriter(path, fps) as clip:
            for i in range(frames):
                for moment in playback.advance(1.0 / fps, speed):
                    frame.add(moment)
                    summary.add(moment)
                    if progress is not None:
                        progress(min(playback.lived, seconds))
                status.ended = playback.ended
                frame.paint(surface, playback.poses, 1.0 / fps, status)
                clip.add(surface)
                if (i + 1) % max(1, frames // (STILLS + 1)) == 0:
                    summary.still(surface.subsurface(ROOM))
                if playback.ended:
                    break
    finally:
        if summary_png is not None and playback.steps:
            summary.save(summary_png)
        frame.close()
        moments.close()
    return playback.steps
