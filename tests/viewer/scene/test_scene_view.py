from __future__ import annotations

import pygame

from tests.viewer import fake
from tests.viewer.painting import MOMENTS, painted, reddish
from viewer.layout import ROOM
from viewer.scene import scene_view as module
from worlds.rendering.renderer import TinyRenderer


def test_a_muted_objective_is_announced_in_the_room(monkeypatch):
    written = []
    monkeypatch.setattr(module, "draw_text", lambda surface, text, *rest, **more: written.append(text) or 0)
    painted(MOMENTS)
    assert "loves_red is muted: ValueError: cost has shape (3,)" in written


def test_a_clip_names_no_keys(monkeypatch):
    written = []
    monkeypatch.setattr(module, "draw_text", lambda surface, text, *rest, **more: written.append(text) or 0)
    painted(MOMENTS[:3])
    assert any("help" in text for text in written)
    written.clear()
    painted(MOMENTS[:3], clip=True)
    assert not any("help" in text for text in written)


def test_the_software_fallback_wears_a_badge():
    world = fake.World()
    tiny = TinyRenderer(world.tiny_render, *ROOM.size)
    badge = pygame.Rect(ROOM.x + 18, ROOM.y + 44, 220, 24)
    assert reddish(painted(MOMENTS[:2], tiny), badge) > 0.02
