"""`World.render`, and the window of `render_mode="human"`."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from worlds.rendering import human_window as window


class Shown:
    """A window that keeps what it is shown."""

    pictures: list[np.ndarray]
    open = 0

    def __init__(self, width: int, height: int, title: str) -> None:
        Shown.open += 1
        self.size = (height, width, 3)
        Shown.pictures = []

    def show(self, picture: np.ndarray, seconds: float) -> None:
        assert picture.shape == self.size
        assert 0 < seconds < 1
        Shown.pictures.append(picture)

    def close(self) -> None:
        Shown.open -= 1


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> type[Shown]:
    monkeypatch.setattr(window, "open_window", Shown)
    return Shown


def test_a_window_shows_every_step_and_closes(shown: type[Shown]) -> None:
    env = gymnasium.make("housecat/Playroom-v0", render_mode="human", frames_per_step=3)
    env.reset(seed=0)
    assert len(shown.pictures) == 3
    env.step(np.ones(5, np.float32))
    assert len(shown.pictures) == 6
    assert np.abs(shown.pictures[-1].astype(int) - shown.pictures[0]).max() > 30
    assert env.render() is None
    env.close()
    assert shown.open == 0


def test_without_a_window_toolkit_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "entry_points", lambda group: ())
    world = worlds.make("playroom")
    world.render_mode = "human"
    with pytest.raises(UserError, match="rgb_array"):
        world.render()


def test_a_world_without_render_mode_renders_nothing() -> None:
    assert worlds.make("playroom").render() is None
