"""The plain window that a world opens for `render_mode="human"`."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pygame
import pytest

import worlds
from housecat.core.errors import UserError
from viewer.plain_window import PlainWindow
from worlds.rendering.human_window import GROUP


@pytest.fixture
def window() -> Iterator[PlainWindow]:
    made = PlainWindow(64, 48, "a room")
    yield made
    made.close()


def test_a_picture_is_shown_for_its_time(window: PlainWindow) -> None:
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24] = (200, 30, 10)
    started = time.perf_counter()
    for _ in range(4):
        window.show(picture, 0.05)
    assert time.perf_counter() - started > 0.14  # the first may be due at once
    shown = pygame.surfarray.array3d(pygame.display.get_surface())  # x first
    np.testing.assert_array_equal(shown[10, 10], (200, 30, 10))
    np.testing.assert_array_equal(shown[10, 40], (0, 0, 0))
    assert pygame.display.get_caption()[0] == "a room"


def test_a_closed_window_shows_nothing_and_stops_nothing(window: PlainWindow) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    for _ in range(2):
        window.show(np.zeros((48, 64, 3), np.uint8), 0.0)
    assert window.closed
    assert not pygame.display.get_init()


def test_without_a_display_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "none such")
    pygame.display.quit()
    with pytest.raises(UserError, match="rgb_array"):
        PlainWindow(64, 48, "nowhere")


def test_the_project_registers_it_as_the_window_of_worlds() -> None:
    project = tomllib.loads((Path(worlds.__file__).parent.parent / "pyproject.toml").read_text())["project"]
    ((name, value),) = project["entry-points"][GROUP].items()
    assert EntryPoint(name, value, GROUP).load() is PlainWindow
