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

    def _room(self, surface: pygame.Surface, poses: npt.NDArray[np.float32], status: Status) -> None:
        overlay = self._imagination.overlay(self._moment, poses, status.time, status.plans)
        if status.push is not None:
            overlay = Overlay((*overlay.strips, *_arrow(*status.push)), overlay.ghosts)
        picture = self._renderer.render(poses, self.rig.camera, overlay)
        if isinstance(self._renderer, Renderer):
            image = pygame.image.frombuffer(self._renderer.pixels.data, ROOM.size, "RGBX")
        else:
            image = pygame.image.frombuffer(picture.data, ROOM.size, "RGB")
        surface.blit(image, ROOM)
        surface.blit(self._shade[0], ROOM)
        surface.blit(self._shade[1], (ROOM.x, ROOM.bottom - 72))
        surface.blit(self._corners, ROOM)
        self._labels(surface, poses, status)
        self._head(surface, status)
        self._foot(surface, status)

    def _labels(self, surface: pygame.Surface, poses: npt.NDArray[np.float32], status: Status) -> None:
        """Names what is attended to, and what is under the mouse, beside it."""
        names = [] if self._moment is None else [self._moment.things[i] for i in self._moment.thought.attention[:3]]
        names += [status.hover] if status.hover and status.hover not in names else []
        known = [(n, self._scene.nodes.index(n)) for n in names if n in self._scene.nodes]
        if not known:
            return
        points = np.array([poses[i, :3] for _, i in known]) + np.array([0.0, 0.0, 0.24])
        at = self.rig.camera.project(points, *ROOM.size)
        surface.set_clip(ROOM)
        for (name, _), (x, y, depth) in zip(known, at, strict=True):
            if depth > 0:
                middle = (ROOM.x + float(x), ROOM.y + float(y) - 6)
                width = style.font(12, "medium").size(name)[0] + 14
                back = pygame.Rect(0, 0, width, 19)
                back.center = (round(middle[0]), round(middle[1]))
                style.pill(surface, back, style.BACK, alpha=150)
                write(surface, name, back.center, 12, style.TEXT, "medium", "center")
        surface.set_clip(None)

    def _head(self, surface: pygame.Surface, status: Status) -> None:
        x, y = ROOM.x + 20, ROOM.y + 26
        width = write(surface, "housecat", (x, y), 19, style.ACCENT, "bold")
        write(surface, status.title, (x + width + 12, y + 1), 14, style.SOFT, room=360)
        step, lived = (self._moment.step + 1, self._moment.time) if self._moment else (0, 0.0)
        right = ROOM.right - 20
        clock = f"{int(lived) // 60}:{int(lived) % 60:02d}"
        right -= write(surface, clock, (right, y), 19, style.TEXT, "medium", "right") + 14
        parts = [f"step {step:,}", f"{status.speed:g}×"]
        if status.actual is not None and not status.paused and abs(status.actual - status.speed) > 0.12 * status.speed:
            parts[1] += f" ({status.actual:.1f}× real)"
        parts += [f"{status.fps:.0f} fps"] if status.fps is not None else []
        write(surface, "   ".join(parts), (right, y + 1), 13, style.SOFT, anchor="right")
        if self.backend == "tiny":
            chip(surface, "software fallback: no OpenGL", (x, y + 30), style.ALARM)

    def _foot(self, surface: pygame.Surface, status: Status) -> None:
        x, y = ROOM.x + 18, ROOM.bottom - 26
        muted = self._timeline.muted
        if status.error:
            _banner(surface, "life broke off — " + status.error + " — R restarts", style.ALARM)
        elif muted and (self._moment is None or self._moment.step % 50 < 50):
            name, reason = next(iter(muted.items()))
            more = f" (and {len(muted) - 1} more)" if len(muted) > 1 else ""
            _banner(surface, f"{name} is muted{more}: {reason}", style.ALARM)
        if status.ended and not status.error:
            chip(surface, "life ended — R restarts, Esc quits", (x, y), style.ACCENT)
        elif status.paused:
            chip(surface, "paused — Space goes on", (x, y), style.ACCENT)
        elif status.note:
            chip(surface, status.note, (x, y), style.TEXT)
        if not status.clip:
            words = "click a toy to poke it     H  help"
            write(surface, words, (ROOM.right - 20, y), 12, style.SOFT, anchor="right")

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


def _banner(surface: pygame.Surface, words: str, color: style.Color) -> None:
    rect = pygame.Rect(ROOM.x + 160, ROOM.y + 48, ROOM.width - 320, 30)
    style.pill(surface, rect, (86, 24, 36), 10, 235)
    style.pill(surface, pygame.Rect(rect.x + 12, rect.centery - 4, 8, 8), color)
    write(surface, words, (rect.x + 30, rect.centery), 13, (255, 214, 217), "medium", room=rect.width - 46)


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


def _corners(size: tuple[int, int], radius: int) -> pygame.Surface:
    """Returns a frame that rounds the corners of a picture."""
    frame = pygame.Surface(size, pygame.SRCALPHA)
    frame.fill((*style.BACK, 255))
    hole = style.plate(*size, (255, 255, 255), radius).copy()
    alpha = pygame.surfarray.pixels_alpha(frame)
    alpha[:] = 255 - pygame.surfarray.array_alpha(hole)
    del alpha
    return frame
