"""The page that tells the keys, written from the table that dispatches them."""

from __future__ import annotations

import pygame

from viewer import style
from viewer.keys import KEYS, MOUSE
from viewer.style import draw_text

ROW = 27


def paint(surface: pygame.Surface) -> None:
    """Draws the page over everything."""
    shade = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    shade.fill((8, 10, 14, 200))
    surface.blit(shade, (0, 0))
    rect = pygame.Rect(0, 0, 860, 120 + ROW * max(len(KEYS), len(MOUSE) + 6))
    rect.center = surface.get_rect().center
    surface.blit(style.rounded_rect(rect.width, rect.height, style.CARD, 18, edge=style.LINE), rect)
    x, y = rect.x + 36, rect.y + 44
    draw_text(surface, "Watching a life", (x, y), 24, style.TEXT, "bold")
    draw_text(surface, "H closes this page", (rect.right - 36, y), 13, style.FAINT, anchor="right")
    for row, key in enumerate(KEYS):
        _line(surface, x, y + 44 + row * ROW, key.label, key.words, 76)
    x += 396
    for row, (label, words) in enumerate(MOUSE):
        _line(surface, x, y + 44 + row * ROW, label, words, 112)
    _legend(surface, x, y + 44 + (len(MOUSE) + 1) * ROW)


def _line(surface: pygame.Surface, x: int, y: int, label: str, words: str, room: int) -> None:
    width = style.font(12, "medium").size(label)[0] + 16
    style.draw_pill(surface, pygame.Rect(x, y - 11, width, 22), style.RAISED, 6)
    draw_text(surface, label, (x + width // 2, y), 12, style.TEXT, "medium", "center")
    draw_text(surface, words, (x + room + 8, y), 13, style.SOFT)


def _legend(surface: pygame.Surface, x: int, y: int) -> None:
    rows = (
        (style.PLAN, "the chosen plan; a dot for each second or so"),
        (style.RIVAL, "plans it thought of and left"),
        (style.TEXT, "rings: what it attends to"),
        (style.ACCENT, "ghosts: where it expects things; thin: or by chance"),
    )
    for row, (color, words) in enumerate(rows):
        style.draw_pill(surface, pygame.Rect(x, y - 2 + row * ROW, 26, 4), color)
        draw_text(surface, words, (x + 40, y + row * ROW), 13, style.SOFT)
