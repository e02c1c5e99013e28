from __future__ import annotations

import pygame

from viewer.keys import KEYS, MOUSE
from viewer.panels import help_page as helppage


def test_the_help_page_lists_every_key_and_every_move_of_the_mouse(monkeypatch):
    pygame.font.init()
    written = []
    monkeypatch.setattr(helppage, "draw_text", lambda surface, text, *rest, **more: written.append(text) or 0)
    helppage.paint(pygame.Surface((1280, 720)))
    for key in KEYS:
        assert {key.label, key.words} <= set(written)
    for label, words in MOUSE:
        assert {label, words} <= set(written)
