"""Colours, text and rounded shapes of the window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import pygame

Color = tuple[int, int, int]
Weight = Literal["regular", "medium", "bold"]
Anchor = Literal["left", "center", "right"]

BACK: Color = (12, 14, 19)
CARD: Color = (20, 23, 31)
RAISED: Color = (29, 33, 44)
LINE: Color = (38, 43, 56)
TEXT: Color = (233, 237, 245)
SOFT: Color = (158, 167, 186)
FAINT: Color = (120, 129, 150)
ACCENT: Color = (255, 178, 102)
GAIN: Color = (72, 209, 190)
COST: Color = (246, 148, 98)
ALARM: Color = (245, 86, 98)
PLAN: Color = (120, 240, 214)
RIVAL: Color = (186, 196, 230)

EMOTIONS: dict[str, Color] = {
    "curiosity": (72, 209, 190),
    "elation": (255, 203, 87),
    "surprise": (244, 128, 170),
    "fear": (164, 138, 250),
    "frustration": (246, 118, 82),
    "boredom": (122, 138, 166),
}
MODES: dict[str, tuple[Color, str]] = {
    "warmup": ((164, 138, 250), "moves its limbs at random"),
    "plan": ((120, 240, 214), "imagines before it acts"),
    "react": ((255, 203, 87), "acts from habit"),
    "dagger": ((244, 128, 170), "acts from habit, checked by planning"),
}

_FILES: dict[Weight, str] = {"regular": "Roboto-Regular.ttf", "medium": "Roboto-Medium.ttf", "bold": "Roboto-Bold.ttf"}


@lru_cache(maxsize=64)
def font(size: int, weight: Weight = "regular") -> pygame.font.Font:
    """Returns a font of `size` pixels; pygame's own where the files are missing."""
    if not pygame.font.get_init():
        pygame.font.init()
    path = Path(__file__).parent / "fonts" / _FILES[weight]
    return pygame.font.Font(str(path) if path.is_file() else None, size)


@lru_cache(maxsize=1500)
def render_text(text: str, size: int, color: Color, weight: Weight = "regular") -> pygame.Surface:
    """Returns text drawn once and kept."""
    return font(size, weight).render(text, True, color)


def draw_text(
    surface: pygame.Surface,
    text: str,
    at: tuple[float, float],
    size: int = 13,
    color: Color = TEXT,
    weight: Weight = "regular",
    anchor: Anchor = "left",
    max_width: int | None = None,
) -> int:
    """Draws text centred vertically on `at`; returns its width (pixels).

    Args:
        surface: Surface to draw on.
        text: One line.
        at: Position (x, y) of the anchor (pixels).
        size: Font size (pixels).
        color: Text colour.
        weight: Font weight.
        anchor: Point of the text that is at `at`.
        max_width: Largest width (pixels): longer text is cut with an ellipsis.
    """
    if max_width is not None:
        text = truncate(text, size, weight, max_width)
    picture = render_text(text, size, color, weight)
    width = picture.get_width()
    shift = {"left": 0, "center": width // 2, "right": width}[anchor]
    surface.blit(picture, (round(at[0]) - shift, round(at[1]) - picture.get_height() // 2))
    return width


@lru_cache(maxsize=500)
def truncate(text: str, size: int, weight: Weight, max_width: int) -> str:
    """Returns the text, cut with an ellipsis where it is wider than `max_width` pixels."""
    face = font(size, weight)
    if face.size(text)[0] <= max_width:
        return text
    while text and face.size(text + "…")[0] > max_width:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=800)
def rounded_rect(
    width: int, height: int, color: Color, radius: int, alpha: int = 255, edge: Color | None = None
) -> pygame.Surface:
    """Returns a rounded rectangle with smooth corners, drawn once and kept."""
    scale = 4
    big = pygame.Surface((max(width, 1) * scale, max(height, 1) * scale), pygame.SRCALPHA)
    big.fill((*(edge or color), 0))
    r = min(radius, width // 2, height // 2) * scale
    pygame.draw.rect(big, (*(edge or color), alpha), big.get_rect(), border_radius=r)
    if edge is not None:
        inside = big.get_rect().inflate(-2 * scale, -2 * scale)
        pygame.draw.rect(big, (*color, alpha), inside, border_radius=max(r - scale, 0))
    return pygame.transform.smoothscale(big, (max(width, 1), max(height, 1)))


def draw_pill(
    surface: pygame.Surface, rect: pygame.Rect, color: Color, radius: int | None = None, alpha: int = 255
) -> None:
    """Draws a rounded rectangle with smooth corners."""
    if rect.width > 0 and rect.height > 0:
        surface.blit(
            rounded_rect(rect.width, rect.height, color, rect.height // 2 if radius is None else radius, alpha), rect
        )


def draw_chip(
    surface: pygame.Surface, text: str, at: tuple[int, int], color: Color = SOFT, back: Color = RAISED, alpha: int = 225
) -> pygame.Rect:
    """Draws a label in a pill whose left end and middle are `at`; returns where it went."""
    width = font(12, "medium").size(text)[0] + 20
    rect = pygame.Rect(at[0], at[1] - 12, width, 24)
    draw_pill(surface, rect, back, alpha=alpha)
    draw_text(surface, text, rect.center, 12, color, "medium", "center")
    return rect


def blend(a: Color, b: Color, t: float) -> Color:
    """Returns a colour between `a` (t = 0) and `b` (t = 1)."""
    t = min(max(t, 0.0), 1.0)
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))
