"""The view of the room: the rendered scene, imagined plans, and labels over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pygame

from viewer import style
from viewer.layout import ROOM, Status
from viewer.scene.camera_controller import CameraController
from viewer.scene.imagination import Imagination
from viewer.style import draw_chip, draw_text
from worlds.rendering.camera import Overlay, dot, ribbon
from worlds.rendering.renderer import GLRenderer, Renderable, TinyRenderer, make_renderer

if TYPE_CHECKING:
    from agent.moment import Moment

WARN_SECONDS = 15.0
SHADE = 72  # pixels


class SceneView:
    """Paints the room, the largest part of the window.

    Attributes:
        camera_controller: The `CameraController`.
        backend: Name of the renderer.
    """

    def __init__(self, source: Renderable, renderer: GLRenderer | TinyRenderer | None = None) -> None:
        self._scene = source.scene()
        self._renderer = renderer or make_renderer(source, *ROOM.size)
        self.backend = self._renderer.backend
        self.camera_controller = CameraController(self._scene.size)
        self._imagination = Imagination(self._scene)
        self._corners = _corners(ROOM, 14)
        self._shade = _shade(ROOM.width, SHADE)
        self._warned: dict[str, float] = {}

    def update(self, poses: npt.NDArray[np.float32], seconds: float) -> None:
        """Moves the camera on.

        Args:
            poses: (M, 7) poses of the nodes.
            seconds: Time since the last call (s).
        """
        self.camera_controller.update(seconds, poses[self._scene.body, :3])

    def paint(
        self,
        surface: pygame.Surface,
        poses: npt.NDArray[np.float32],
        moment: Moment | None,
        warnings: Sequence[str],
        status: Status,
    ) -> None:
        """Draws the room and what is written over it.

        Args:
            surface: Surface of the window.
            poses: (M, 7) poses of the nodes to draw.
            moment: The moment being shown; None before the first.
            warnings: Warnings about objectives, a sentence each.
            status: State of the window.
        """
        overlay = self._imagination.overlay(moment, poses, status.time, status.plans)
        if status.push is not None:
            overlay = Overlay((*overlay.strips, *_arrow(*status.push)), overlay.ghosts)
        picture = self._renderer.render(poses, self.camera_controller.camera, overlay)
        if isinstance(self._renderer, GLRenderer):
            image = pygame.image.frombuffer(self._renderer.pixels.data, ROOM.size, "RGBX")
        else:
            image = pygame.image.frombuffer(picture.data, ROOM.size, "RGB")
        surface.blit(image, ROOM)
        surface.blit(self._shade[0], ROOM)
        surface.blit(self._shade[1], (ROOM.x, ROOM.bottom - SHADE))
        for corner, at in self._corners:
            surface.blit(corner, at)
        self._labels(surface, poses, moment, status)
        self._head(surface, moment, status)
        self._warn(surface, warnings, status)
        self._foot(surface, status)

    def _labels(
        self, surface: pygame.Surface, poses: npt.NDArray[np.float32], moment: Moment | None, status: Status
    ) -> None:
        """Names what is attended to, and what is under the mouse, beside it."""
        names = [] if moment is None else [moment.things[i] for i in moment.thought.attention[:3]]
        names += [status.hover] if status.hover and status.hover not in names else []
        known = [(n, self._scene.nodes.index(n)) for n in names if n in self._scene.nodes]
        if not known:
            return
        points = np.array([poses[i, :3] for _, i in known]) + np.array([0.0, 0.0, 0.24])
        at = self.camera_controller.camera.project(points, *ROOM.size)
        surface.set_clip(ROOM)
        for (name, _), (x, y, depth) in zip(known, at, strict=True):
            if depth > 0:
                middle = (ROOM.x + float(x), ROOM.y + float(y) - 6)
                width = style.font(12, "medium").size(name)[0] + 14
                back = pygame.Rect(0, 0, width, 19)
                back.center = (round(middle[0]), round(middle[1]))
                style.draw_pill(surface, back, style.BACK, alpha=150)
                draw_text(surface, name, back.center, 12, style.TEXT, "medium", "center")
        surface.set_clip(None)

    def _head(self, surface: pygame.Surface, moment: Moment | None, status: Status) -> None:
        x, y = ROOM.x + 20, ROOM.y + 26
        width = draw_text(surface, "housecat", (x, y), 19, style.ACCENT, "bold")
        draw_text(surface, status.title, (x + width + 12, y + 1), 14, style.SOFT, max_width=360)
        step, lived = (moment.step + 1, moment.time) if moment else (0, 0.0)
        right = ROOM.right - 20
        clock = f"{int(lived) // 60}:{int(lived) % 60:02d}"
        right -= draw_text(surface, clock, (right, y), 19, style.TEXT, "medium", "right") + 14
        parts = [f"step {step:,}", f"{status.speed:g}×"]
        if status.actual is not None and not status.paused and abs(status.actual - status.speed) > 0.12 * status.speed:
            parts[1] += f" ({status.actual:.1f}× real)"
        parts += [f"{status.fps:.0f} fps"] if status.fps is not None else []
        draw_text(surface, "   ".join(parts), (right, y + 1), 13, style.SOFT, anchor="right")
        if self.backend == "tiny":
            draw_chip(surface, "software fallback: no OpenGL", (x, y + 30), style.ALARM)

    def _warn(self, surface: pygame.Surface, warnings: Sequence[str], status: Status) -> None:
        """Says why a life broke off, or for a while what is wrong with an objective; its lane goes on saying so."""
        self._warned = {words: self._warned.get(words, status.time) for words in warnings}
        fresh = [words for words, since in self._warned.items() if status.time - since < WARN_SECONDS]
        if status.error:
            _banner(surface, f"life broke off — {status.error} — R restarts", style.ALARM)
        elif fresh:
            more = f" (and {len(fresh) - 1} more)" if len(fresh) > 1 else ""
            _banner(surface, f"{fresh[-1]}{more}", style.ALARM)

    def _foot(self, surface: pygame.Surface, status: Status) -> None:
        x, y = ROOM.x + 18, ROOM.bottom - 26
        if status.ended and not status.error:
            draw_chip(surface, "life ended — R restarts, Esc quits", (x, y), style.ACCENT)
        elif status.paused:
            draw_chip(surface, "paused — Space goes on", (x, y), style.ACCENT)
        elif status.note:
            draw_chip(surface, status.note, (x, y), style.TEXT)
        if not status.clip:
            words = "click a toy to poke it     H  help"
            draw_text(surface, words, (ROOM.right - 20, y), 12, style.SOFT, anchor="right")

    def close(self) -> None:
        """Frees the renderer."""
        self._renderer.close()


def _banner(surface: pygame.Surface, words: str, color: style.Color) -> None:
    rect = pygame.Rect(ROOM.x + 60, ROOM.y + 48, ROOM.width - 120, 30)
    style.draw_pill(surface, rect, (86, 24, 36), 10, 235)
    style.draw_pill(surface, pygame.Rect(rect.x + 12, rect.centery - 4, 8, 8), color)
    draw_text(surface, words, (rect.x + 30, rect.centery), 13, (255, 214, 217), "medium", max_width=rect.width - 46)


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> list[npt.NDArray[np.float32]]:
    """Returns an arrow on the floor."""
    a, b = np.array([*start, 0.03]), np.array([*end, 0.03])
    along = b - a
    length = float(np.linalg.norm(along))
    if length < 0.02:
        return []
    along /= length
    side = np.array([-along[1], along[0], 0.0])
    color = (1.0, 0.72, 0.36, 1.0)
    head = [b - 0.13 * along + 0.09 * side, b, b - 0.13 * along - 0.09 * side]
    return [ribbon(np.stack([a, b]), color, 0.035), ribbon(np.stack(head), color, 0.035), dot(a, 0.05, color)]


def _shade(width: int, height: int) -> tuple[pygame.Surface, pygame.Surface]:
    """Returns darkness for the upper and for the lower edge of a picture, on which words can be read."""
    edges = []
    for down in (1, -1):
        edge = pygame.Surface((width, height), pygame.SRCALPHA)
        edge.fill((*style.BACK, 255))
        alpha = pygame.surfarray.pixels_alpha(edge)
        alpha[:] = (190 * np.linspace(1, 0, height)[::down] ** 1.5).astype(np.uint8)[None]
        del alpha
        edges.append(edge)
    return edges[0], edges[1]


def _corners(rect: pygame.Rect, radius: int) -> list[tuple[pygame.Surface, tuple[int, int]]]:
    """Returns what rounds the corners of a picture, and where it goes."""
    disc = pygame.surfarray.array_alpha(style.rounded_rect(2 * radius, 2 * radius, style.TEXT, radius))
    pieces = []
    for i, x in enumerate((rect.left, rect.right - radius)):
        for j, y in enumerate((rect.top, rect.bottom - radius)):
            piece = pygame.Surface((radius, radius), pygame.SRCALPHA)
            piece.fill((*style.BACK, 255))
            alpha = pygame.surfarray.pixels_alpha(piece)
            alpha[:] = 255 - disc[i * radius : (i + 1) * radius, j * radius : (j + 1) * radius]
            del alpha
            pieces.append((piece, (x, y)))
    return pieces
