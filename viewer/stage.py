"""Composes one picture of a life: the room, what is imagined in it, and the panels around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from viewer import helppage, style
from viewer.imagination import Imagination
from viewer.panels import Body, Feelings, Mind
from viewer.rig import Rig
from viewer.style import chip, write
from viewer.timeline import Timeline
from worlds.renderer import Drawable, Renderer, TinyRenderer, make_renderer
from worlds.view import Overlay, dot, ribbon

if TYPE_CHECKING:
    from agent.moment import Moment

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
    time: float = field(default=0.0)


class Stage:
    """Paints a life onto a surface; knows nothing of windows, keys and files.

    Attributes:
        rig: Holds the camera.
        backend: What draws the room.
    """

    def __init__(self, source: Drawable, renderer: Renderer | TinyRenderer | None = None) -> None:
        self._scene = source.scene()
        self._renderer = renderer or make_renderer(source, *ROOM.size)
        self.backend = self._renderer.backend
        self.rig = Rig(self._scene.size)
        self._imagination = Imagination(self._scene)
        self._feelings, self._body, self._mind = Feelings(FEELINGS), Body(BODY), Mind(MIND)
        self._timeline = Timeline(TIMELINE)
        self._moment: Moment | None = None
        self._fresh = True
        self._corners = _corners(ROOM.size, 14)
        self._shade = _shade(ROOM.width, 72)

    def add(self, moment: Moment) -> None:
        """Takes in the moment that begins to be shown."""
        self._moment = moment
        self._timeline.add(moment)
        self._fresh = True

    def clear(self) -> None:
        """Forgets the life so far; the camera stays."""
        self._moment = None
        self._timeline.clear()
        self._fresh = True

    def paint(
        self, surface: pygame.Surface, poses: npt.NDArray[np.float32], seconds: float, status: Status
    ) -> None:  # fmt: skip
        """Draws everything.

        Args:
            surface: 1280 x 720.
            poses: (M, 7) poses to draw.
            seconds: Since the last picture, for what glides.
            status: What the window knows.
        """
        status.time += seconds
        self.rig.move(seconds, poses[self._scene.body, :3])
        if self._fresh:  # panels change with the moment: the rest of the time they stand
            surface.fill(style.BACK)
            self._timeline.paint(surface)
            self._body.paint(surface, self._moment)
            self._mind.paint(surface, self._moment)
            self._fresh = False
        if self._moment is not None:
            self._feelings.move(seconds, self._moment.emotions)
        self._feelings.paint(surface, status.time)
        self._room(surface, poses, status)
        if status.help:
            helppage.paint(surface)
            self._fresh = True

    def close(self) -> None:
        """Frees the renderer."""
        self._renderer.close()


def waiting(surface: pygame.Surface, title: str, time: float) -> None:
    """Draws what is seen until the life begins."""
    surface.fill(style.BACK)
    x, y = SIZE[0] // 2, SIZE[1] // 2
    write(surface, "housecat", (x, y - 34), 44, style.ACCENT, "bold", "center")
    write(surface, f"{title} is waking up", (x, y + 14), 17, style.SOFT, anchor="center")
    for i in range(3):
        glow = 0.5 + 0.5 * np.sin(time * 4.0 - i * 0.9)
        style.pill(surface, pygame.Rect(x - 26 + i * 22, y + 46, 8, 8), style.mix(style.RAISED, style.ACCENT, glow))
