from __future__ import annotations

from pathlib import Path
from typing import get_args

import pygame
import pytest

import viewer
from agent.moment import Mode
from viewer import style


@pytest.mark.parametrize("weight", ["regular", "medium", "bold"])
def test_every_letter_that_the_window_writes_exists_in_its_fonts(weight):
    pygame.font.init()
    sources = Path(viewer.__file__).parent.rglob("*.py")
    used = set("".join(path.read_text(encoding="utf-8") for path in sources)) - set("\n")
    face = style.font(13, weight)
    assert not [c for c, size in zip(sorted(used), face.metrics("".join(sorted(used))), strict=True) if size is None]


def test_without_its_fonts_pygames_own_is_used(monkeypatch):
    pygame.font.init()
    style.font.cache_clear()
    monkeypatch.setattr(style, "_FILES", dict.fromkeys(style._FILES, "gone.ttf"))
    assert style.font(13).size("cat")[0] > 0
    style.font.cache_clear()


def test_long_words_end_in_an_ellipsis():
    pygame.font.init()
    cut = style.truncate("an error message that goes on and on", 13, "regular", 80)
    assert cut.endswith("…")
    assert style.font(13).size(cut)[0] <= 80


def test_the_window_has_words_for_every_way_of_deciding():
    assert set(style.MODES) == set(get_args(Mode))
