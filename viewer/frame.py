"""Composes one picture of a life: the room and the panels around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from viewer import style
from viewer.layout import BODY, FEELINGS, MIND, SIZE, TIMELINE, Status
from viewer.panels import help_page as helppage
from viewer.panels.panels import Body, Feelings, Mind
from viewer.panels.timeline import Timeline
from viewer.scene.scene_view import Room
from viewer.style import write
from worlds.rendering.renderer import GLRenderer, Renderable, TinyRenderer

if TYPE_CHECKING:
    from agent.moment import Moment


class Stage:
    """Paints a life onto a surface; knows nothing of windows, keys and files.

    Attributes:
        rig: Holds the camera.
        backend: What draws the room.
    """

    def __init__(self, source: Renderable, renderer: GLRenderer | TinyRenderer | None = None) -> None:
        self._room = Room(source, renderer)
        self.rig, self.backend = self._room.rig, self._room.backend
        self._feelings, self._body, self._mind = Feelings(FEELINGS, source.scene()), Body(BODY), Mind(MIND)
        self._timeline = Timeline(TIMELINE)
        self._moment: Moment | None = None
        self._fresh = True

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

    def paint(self, surface: pygame.Surface, poses: npt.NDArray[np.float32], seconds: float, status: Status) -> None:
        """Draws everything.

        Args:
            surface: 1280 x 720.
            poses: (M, 7) poses to draw.
            seconds: Since the last picture, for what glides.
            status: What the window knows.
        """
        status.time += seconds
        self._room.move(poses, seconds)
        if self._fresh:  # panels change with the moment: the rest of the time they stand
            surface.fill(style.BACK)
            self._timeline.paint(surface)
            self._body.paint(surface, self._moment)
            self._mind.paint(surface, self._moment)
            self._fresh = False
        if self._moment is not None:
            self._feelings.move(seconds, self._moment.emotions)
        self._feelings.paint(surface, status.time)
        self._room.paint(surface, poses, self._moment, self._timeline.warnings, status)
        if status.help:
            helppage.paint(surface)
            self._fresh = True

    def close(self) -> None:
        """Frees the renderer."""
        self._room.close()


def waiting(surface: pygame.Surface, title: str, time: float) -> None:
    """Draws what is seen until the life begins."""
    surface.fill(style.BACK)
    x, y = SIZE[0] // 2, SIZE[1] // 2
    write(surface, "housecat", (x, y - 34), 44, style.ACCENT, "bold", "center")
    write(surface, f"{title} is waking up", (x, y + 14), 17, style.SOFT, anchor="center")
    for i in range(3):
        glow = 0.5 + 0.5 * np.sin(time * 4.0 - i * 0.9)
        style.pill(surface, pygame.Rect(x - 26 + i * 22, y + 46, 8, 8), style.mix(style.RAISED, style.ACCENT, glow))
