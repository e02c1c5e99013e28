"""Composes one picture of the window: the room and the panels around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from viewer import style
from viewer.layout import BODY, FEELINGS, MIND, SIZE, TIMELINE, Status
from viewer.panels import help_page as helppage
from viewer.panels.panels import EmotionPanel, MindPanel, VitalsPanel
from viewer.panels.timeline import Timeline
from viewer.scene.scene_view import SceneView
from viewer.style import draw_text
from worlds.rendering.renderer import GLRenderer, Renderable, TinyRenderer

if TYPE_CHECKING:
    from agent.moment import Moment


class Frame:
    """Paints moments onto a surface, without a window, keys or files.

    Attributes:
        camera_controller: The `CameraController`.
        backend: Name of the renderer of the room.
    """

    def __init__(self, source: Renderable, renderer: GLRenderer | TinyRenderer | None = None) -> None:
        self._scene_view = SceneView(source, renderer)
        self.camera_controller, self.backend = self._scene_view.camera_controller, self._scene_view.backend
        self._emotion_panel = EmotionPanel(FEELINGS, source.scene())
        self._vitals_panel, self._mind_panel = VitalsPanel(BODY), MindPanel(MIND)
        self._timeline = Timeline(TIMELINE)
        self._moment: Moment | None = None
        self._fresh = True

    def add(self, moment: Moment) -> None:
        """Adds the moment that begins to be shown."""
        self._moment = moment
        self._timeline.add(moment)
        self._fresh = True

    def clear(self) -> None:
        """Removes all moments; the camera stays."""
        self._moment = None
        self._timeline.clear()
        self._fresh = True

    def paint(self, surface: pygame.Surface, poses: npt.NDArray[np.float32], seconds: float, status: Status) -> None:
        """Draws the whole picture.

        Args:
            surface: Surface of 1280 x 720 pixels.
            poses: (M, 7) poses of the nodes to draw.
            seconds: Time since the last picture (s).
            status: State of the window.
        """
        status.time += seconds
        self._scene_view.update(poses, seconds)
        if self._fresh:  # panels change with the moment: the rest of the time they stand
            surface.fill(style.BACK)
            self._timeline.paint(surface)
            self._vitals_panel.paint(surface, self._moment)
            self._mind_panel.paint(surface, self._moment)
            self._fresh = False
        if self._moment is not None:
            self._emotion_panel.move(seconds, self._moment.emotions)
        self._emotion_panel.paint(surface, status.time)
        self._scene_view.paint(surface, poses, self._moment, self._timeline.warnings, status)
        if status.help:
            helppage.paint(surface)
            self._fresh = True

    def close(self) -> None:
        """Frees the renderer."""
        self._scene_view.close()


def draw_waiting(surface: pygame.Surface, title: str, time: float) -> None:
    """Draws what is shown until the life begins.

    Args:
        surface: Surface of the window.
        title: Words for the agent.
        time: Time (s), for the animation.
    """
    surface.fill(style.BACK)
    x, y = SIZE[0] // 2, SIZE[1] // 2
    draw_text(surface, "housecat", (x, y - 34), 44, style.ACCENT, "bold", "center")
    draw_text(surface, f"{title} is waking up", (x, y + 14), 17, style.SOFT, anchor="center")
    for i in range(3):
        glow = 0.5 + 0.5 * np.sin(time * 4.0 - i * 0.9)
        style.draw_pill(
            surface, pygame.Rect(x - 26 + i * 22, y + 46, 8, 8), style.blend(style.RAISED, style.ACCENT, glow)
        )
