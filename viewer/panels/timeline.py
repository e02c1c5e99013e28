"""The last minute of a life: a lane for each objective, for what the critic expects, and for surprise."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pygame

from viewer import style
from viewer.panels.panels import card, cost_label
from viewer.style import draw_text

if TYPE_CHECKING:
    from agent.moment import Moment

STEP = 2  # pixels a moment is wide
LABELS, VALUES = 148, 62
SURPRISE = "surprise"
SKIPPED, STOPPED = "update skipped", "learning stopped"
TICKS: dict[str, style.Color] = {
    "contact": (92, 104, 130),
    "fed": (120, 214, 120),
    "meal": (120, 214, 120),
    "poke": (255, 255, 255),
    "place": (255, 255, 255),
    "fall": (244, 128, 170),
    "muted": style.ALARM,
    "reloaded": style.GAIN,
    "reload failed": style.ALARM,
    SKIPPED: style.ALARM,
    STOPPED: style.ALARM,
}


class Timeline:
    """Keeps what it shows and draws it anew only when a moment is added.

    Attributes:
        muted: Why each muted objective was muted, by name.
        stale: Why the newest version of a plug-in could not take the place of the one that lives on, by name.
        unlearnt: Warning about skipped updates; empty where there is none.
    """

    def __init__(self, rect: pygame.Rect) -> None:
        self._rect = rect
        self._width = rect.width - 36 - LABELS - VALUES
        self._past: deque[Mapping[str, float]] = deque(maxlen=self._width // STEP)
        self._events: deque[frozenset[str]] = deque(maxlen=self._width // STEP)
        self._seconds = 0.2
        self._lanes: list[str] = []
        self.muted: dict[str, str] = {}
        self.stale: dict[str, str] = {}
        self.unlearnt = ""
        self._picture: pygame.Surface | None = None

    def clear(self) -> None:
        """Forgets everything."""
        self.__init__(self._rect)  # type: ignore[misc]  # every attribute is set there

    def add(self, moment: Moment) -> None:
        """Takes in a moment."""
        ahead = {f"critic.{name}": value for name, value in moment.thought.anticipated.items()}
        values = {**moment.costs, **ahead, SURPRISE: moment.surprise}
        self._past.append({name: float(value) for name, value in values.items()})
        self._events.append(frozenset(str(e.get("event", "")) for e in moment.events))
        for event in moment.events:
            objective, kind = str(event.get("objective")), event.get("event")
            if kind == "muted":
                self.muted[objective] = str(event.get("error", "it failed"))
            elif kind == "reload failed":
                self.stale[objective] = str(event.get("error", "it failed"))
            elif kind == STOPPED:
                self.unlearnt = str(event.get("error", STOPPED))
            elif kind == SKIPPED and not self.unlearnt:
                self.unlearnt = f"not learnt: {', '.join(event.get('losses', ()))} is not finite"
            elif kind == "reloaded":
                self.stale.pop(objective, None)
        if SKIPPED not in self._events[-1] and not self.unlearnt.startswith(STOPPED):
            self.unlearnt = ""
        for name, value in moment.costs.items():
            if not math.isnan(value):
                self.muted.pop(name, None)
            else:
                self.muted.setdefault(name, "muted")
        if not set(values) <= set(self._lanes):
            self._lanes = list(dict.fromkeys([*moment.costs, *ahead, *self._lanes]))
            self._lanes = [n for n in self._lanes if n != SURPRISE] + [SURPRISE]
        self._seconds = moment.time / (moment.step + 1)
        self._picture = None

    @property
    def warnings(self) -> list[str]:
        """What is wrong with objectives and with learning, a sentence each."""
        muted = [f"{name} is muted: {reason}" for name, reason in self.muted.items()]
        stale = [f"{name} goes on as it was: {reason}" for name, reason in self.stale.items()]
        return [*muted, *stale, *([self.unlearnt] if self.unlearnt else [])]

    def paint(self, surface: pygame.Surface) -> None:
        """Draws the panel."""
        if self._picture is None:
            self._picture = pygame.Surface(self._rect.size)
            self._picture.fill(style.BACK)
            self._draw(self._picture)
        surface.blit(self._picture, self._rect)

    def _draw(self, surface: pygame.Surface) -> None:
        card(surface, surface.get_rect(), "COSTS")
        left, right = 18 + LABELS, 18 + LABELS + self._width
        x = 72
        legend = (("cost", style.COST), ("gain", style.GAIN), ("expected", style.EMOTIONS["fear"]))
        for words, color in legend:
            style.draw_pill(surface, pygame.Rect(x, 17, 8, 8), color)
            x += 24 + draw_text(surface, words, (x + 13, 21), 12, style.FAINT)
        self._tick_legend(surface, x + 10)
        span = self._width // STEP * self._seconds
        draw_text(surface, f"the last {span:.0f} s", (right, 21), 12, style.FAINT, anchor="right")
        if not self._lanes:
            return
        top, bottom = 36, surface.get_height() - 22
        lanes = self._fitting(bottom - top)
        height = min(22, (bottom - top) // len(lanes))
        for row, name in enumerate(lanes):
            self._lane(surface, name, left, top + row * height, height)
        self._draw_events(surface, left, top, top + height * len(lanes))

    def _fitting(self, room: int) -> list[str]:
        """Returns the lanes there is room for; muted and stale ones and surprise always are among them."""
        most = max(2, room // 12)
        if len(self._lanes) <= most:
            return self._lanes
        must = [n for n in self._lanes if n in self.muted or n in self.stale or n == SURPRISE]
        rest = [n for n in self._lanes if n not in must][: max(0, most - len(must))]
        return [n for n in self._lanes if n in must or n in rest]

    def _lane(self, surface: pygame.Surface, name: str, left: int, top: int, height: int) -> None:
        middle = top + height // 2
        size = 12 if height >= 14 else 11
        series = [past.get(name, math.nan) for past in self._past]
        if name in self.muted:
            back = pygame.Rect(12, top + 1, surface.get_width() - 24, height - 1)
            style.draw_pill(surface, back, (74, 26, 36), 5)
            draw_text(surface, name, (18, middle), size, style.ALARM, "medium", max_width=LABELS - 12)
            reason = f"muted: {self.muted[name]}"
            draw_text(surface, reason, (left, middle), size, (255, 170, 176), max_width=self._width + VALUES)
            return
        color = style.EMOTIONS["fear"] if name.startswith("critic.") else None
        color = style.EMOTIONS["surprise"] if name == SURPRISE else color
        words, ink = (f"{name}: old version", style.ALARM) if name in self.stale else (cost_label(name), style.SOFT)
        draw_text(surface, words, (18, middle), size, ink, max_width=LABELS - 12)
        floor = top + height - 2
        pygame.draw.line(surface, style.RAISED, (left, floor + 1), (left + self._width, floor + 1))
        if series:
            strip = area(np.array(series), height - 3, 0.0 if name == SURPRISE else 0.3, color)
            surface.blit(strip, (left + self._width - strip.get_width(), top + 1))
        if series and not math.isnan(series[-1]):
            at = (surface.get_width() - 18, middle)
            draw_text(surface, f"{series[-1]:.2f}".replace("-", "−"), at, size, style.SOFT, "medium", "right")

    def _draw_events(self, surface: pygame.Surface, left: int, top: int, bottom: int) -> None:
        """Draws a tick for each event below the lanes; rare ones cross the lanes as a faint line."""
        start = left + self._width - STEP * len(self._events)
        for i, kinds in enumerate(self._events):
            x = start + STEP * i
            if "contact" in kinds:
                pygame.draw.rect(surface, TICKS["contact"], (x, bottom + 6, STEP, 5))
            for kind in kinds:
                if kind in TICKS and kind != "contact":
                    pygame.draw.rect(surface, TICKS[kind], (x, bottom + 3, STEP, 11))
                    if kind != "fed":
                        surface.fill((26, 26, 30), (x, top, 1, bottom - top), pygame.BLEND_RGB_ADD)
        draw_text(surface, "touch and events", (18, bottom + 8), 11, style.FAINT)

    def _tick_legend(self, surface: pygame.Surface, x: int) -> None:
        for words, kind in (("touch", "contact"), ("meal", "meal"), ("poke", "poke"), ("fall", "fall")):
            pygame.draw.rect(surface, TICKS[kind], (x, 15, 2, 11))
            x += 22 + draw_text(surface, words, (x + 7, 21), 12, style.FAINT)


def area(series: np.ndarray[Any, Any], height: int, least: float, color: style.Color | None) -> pygame.Surface:
    """Draws a series as a filled curve with a smooth edge.

    Args:
        series: One value a moment; nan leaves a gap.
        height: Height of the strip (pixels).
        least: The value that fills the strip, unless larger ones occur.
        color: Colour of the area; None for orange above zero and teal below.
    """
    known = np.nan_to_num(series, nan=0.0)
    top = max(float(np.abs(known).max()), least) or 1.0
    reach = np.repeat(np.abs(known) / top * height, STEP)
    cover = np.clip(reach[:, None] - np.arange(height, dtype=float)[::-1][None], 0, 1)
    cover = cover * np.linspace(1.0, 0.7, height)[None]
    pair = np.array([style.COST, style.GAIN] if color is None else [color, color], float)
    hue = pair[np.repeat((known < 0).astype(int), STEP)][:, None]
    ground = np.array(style.CARD, float)
    picture = ground + cover[..., None] * (hue - ground)
    return pygame.surfarray.make_surface(picture.astype(np.uint8))
