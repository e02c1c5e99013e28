"""The column beside the room: how it feels, how its body is, and what it thinks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pygame

from housecat.core.obs_layout import VITALS
from viewer import style
from viewer.panels.face import Face
from viewer.style import draw_text
from worlds.rendering.scene import Scene

if TYPE_CHECKING:
    from agent.moment import Moment, Plan

MOODS = {
    "curiosity": "curious",
    "elation": "delighted",
    "surprise": "surprised",
    "fear": "afraid",
    "frustration": "frustrated",
    "boredom": "bored",
}
CALM = 0.22  # below this no emotion is worth a word


def card(surface: pygame.Surface, rect: pygame.Rect, title: str = "") -> None:
    """Draws a panel's ground and its title."""
    surface.blit(style.rounded_rect(rect.width, rect.height, style.CARD, 14, edge=style.LINE), rect)
    if title:
        draw_text(surface, title, (rect.x + 18, rect.y + 21), 12, style.FAINT, "bold")


class EmotionPanel:
    """The face, a word for the strongest emotion, and six gauges that glide.

    Args:
        rect: Rectangle of the panel in the window.
        scene: Scene with the body whose face is drawn.
    """

    def __init__(self, rect: pygame.Rect, scene: Scene) -> None:
        self._rect = rect
        self._face = Face.of(scene, 124)
        self.shown = dict.fromkeys(style.EMOTIONS, 0.0)

    def move(self, seconds: float, emotions: Mapping[str, float]) -> None:
        """Lets the gauges glide towards the emotions of now."""
        for name in self.shown:
            goal = min(max(float(emotions.get(name, 0.0)), 0.0), 1.0)
            self.shown[name] += (goal - self.shown[name]) * min(1.0, seconds * 6.0)

    def paint(self, surface: pygame.Surface, time: float) -> None:
        """Draws the panel."""
        card(surface, self._rect)
        x, y = self._rect.topleft
        surface.blit(self._face.picture(self.shown, time), (x + 14, y + 8))
        name, level = max(self.shown.items(), key=lambda item: item[1])
        word, color = (MOODS[name], style.EMOTIONS[name]) if level > CALM else ("calm", style.SOFT)
        draw_text(surface, "it feels", (x + 156, y + 54), 13, style.FAINT)
        draw_text(surface, word, (x + 155, y + 79), 27, color, "medium")
        for row, (emotion, value) in enumerate(self.shown.items()):
            self._gauge(surface, x + 18, y + 152 + row * 25, emotion, value)

    def _gauge(self, surface: pygame.Surface, x: int, y: int, name: str, value: float) -> None:
        color = style.EMOTIONS[name]
        draw_text(surface, name, (x, y), 13, style.blend(style.SOFT, style.TEXT, value * 2))
        left, width = x + 90, self._rect.width - 36 - 90 - 34
        style.draw_pill(surface, pygame.Rect(left, y - 4, width, 8), style.RAISED)
        if value > 0.02:
            style.draw_pill(surface, pygame.Rect(left, y - 4, max(8, round(width * value)), 8), color)
        number = f"{100 * value:.0f}"
        draw_text(surface, number, (self._rect.right - 18, y), 12, style.SOFT, "medium", "right")


class VitalsPanel:
    """Energy, damage and temperature."""

    def __init__(self, rect: pygame.Rect) -> None:
        self._rect = rect

    def paint(self, surface: pygame.Surface, moment: Moment | None) -> None:
        """Draws the panel; a body without vitals shows none."""
        card(surface, self._rect, "BODY")
        vitals = None if moment is None else moment.obs.get("vitals")
        if vitals is None or len(vitals) < len(VITALS.columns):
            draw_text(surface, "no vitals", (self._rect.x + 18, self._rect.y + 50), 13, style.FAINT)
            return
        energy, damage, heat = (float(vitals[i]) for i in (VITALS.energy, VITALS.damage, VITALS.temperature))
        low = style.blend(style.ALARM, style.GAIN, (energy - 0.1) / 0.4)
        third = (self._rect.width - 36) // 3
        rows = (
            ("energy", f"{100 * energy:.0f} %", energy, low),
            ("skin", f"{heat:.0f} °C", (heat - 15) / 55, style.blend(style.GAIN, style.ALARM, (heat - 30) / 20)),
            ("damage", f"{damage:.2f} /s", damage, style.ALARM),
        )
        for column, (name, words, share, color) in enumerate(rows):
            x, y = self._rect.x + 18 + column * third, self._rect.y + 47
            hurt = name == "damage" and damage >= 0.01
            draw_text(surface, words, (x, y), 17, style.ALARM if hurt else style.TEXT, "medium")
            draw_text(surface, name, (x, y + 19), 12, style.FAINT)
            style.draw_pill(surface, pygame.Rect(x, y + 31, third - 14, 4), style.RAISED)
            filled = round((third - 14) * min(max(share, 0.0), 1.0))
            style.draw_pill(surface, pygame.Rect(x, y + 31, filled, 4), color)


class MindPanel:
    """How it decides, what it attends to, and why it chose its plan."""

    def __init__(self, rect: pygame.Rect) -> None:
        self._rect = rect

    def paint(self, surface: pygame.Surface, moment: Moment | None) -> None:
        """Draws the panel."""
        card(surface, self._rect, "MIND")
        if moment is None:
            return
        thought, x, y = moment.thought, self._rect.x + 18, self._rect.y + 48
        color, words = style.MODES.get(thought.mode, (style.SOFT, ""))
        style.draw_pill(surface, pygame.Rect(x, y - 5, 10, 10), color)
        draw_text(surface, thought.mode, (x + 18, y), 17, style.TEXT, "medium")
        seconds = thought.horizon * moment.time / (moment.step + 1)
        ahead = f"{seconds:.1f} s ahead" if thought.mode in ("plan", "dagger") else ""
        if thought.plans and (spread := thought.plans[0].spread) is not None:
            ahead = f"{len(thought.plans[0].futures)} futures, {spread:.2f} m apart, {ahead}"
        draw_text(surface, ahead, (self._rect.right - 18, y), 13, style.SOFT, anchor="right")
        draw_text(surface, words, (x + 18, y + 19), 12, style.FAINT)
        names = ", ".join(moment.things[i] for i in thought.attention[:3]) or "nothing in particular"
        draw_text(surface, "attends to", (x, y + 46), 12, style.FAINT)
        draw_text(surface, names, (x + 72, y + 46), 13, style.TEXT, max_width=self._rect.width - 36 - 72)
        if thought.plans:
            self._why(surface, x, y + 74, thought.plans)
        elif thought.mode == "warmup":
            draw_text(surface, "no plans yet: its model is newborn", (x, y + 76), 13, style.SOFT)
        elif thought.mode == "react":
            draw_text(surface, "no plans: it has practised this", (x, y + 76), 13, style.SOFT)

    def _why(self, surface: pygame.Surface, x: int, y: int, plans: tuple[Plan, ...]) -> None:
        """Shows the parts of the chosen plan's cost, and how the best rival would have fared."""
        chosen, rivals = plans[0], plans[1:]
        draw_text(surface, "why this plan", (x, y), 12, style.FAINT)
        if rivals:
            best = min(rivals, key=lambda plan: plan.cost)
            words = f"next best {format_signed(best.cost - chosen.cost)}"
            draw_text(surface, words, (self._rect.right - 18, y), 12, style.FAINT, anchor="right")
        parts = sorted(chosen.costs.items(), key=lambda item: -abs(item[1]))
        room = max(1, (self._rect.bottom - y - 24) // 22)
        scale = max((abs(v) for _, v in parts), default=0.0) or 1.0
        middle, half = x + 190, 62
        for row, (name, value) in enumerate(parts[:room]):
            at = y + 24 + row * 22
            draw_text(surface, cost_label(name), (x, at), 13, style.SOFT, max_width=120)
            length = max(2, round(half * min(abs(value) / scale, 1.0)))
            left = middle if value > 0 else middle - length
            style.draw_pill(surface, pygame.Rect(left, at - 3, length, 6), style.COST if value > 0 else style.GAIN)
            pygame.draw.line(surface, style.LINE, (middle, at - 8), (middle, at + 8))
            draw_text(surface, format_signed(value), (self._rect.right - 18, at), 12, style.SOFT, "medium", "right")


def cost_label(name: str) -> str:
    """Returns what a person reads for a part of the cost."""
    return f"{name.removeprefix('critic.')} ahead" if name.startswith("critic.") else name


def format_signed(value: float) -> str:
    """Returns a number with its sign, the minus as long as the plus."""
    return f"{value:+.2f}".replace("-", "−")
