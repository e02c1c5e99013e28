"""A snapshot restored with another camera."""

from __future__ import annotations

import logging

import pytest

import worlds
from worlds.sensors.camera import GLHeadCamera


def test_going_on_with_another_eye_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    world = worlds.make("playroom", seed=1, senses=("eye",))
    assert isinstance(world._vision.camera, GLHeadCamera)
    snapshot = world.snapshot()
    with caplog.at_level(logging.WARNING):
        world.restore(snapshot)
        assert not caplog.records
        worlds.make("playroom", seed=1, senses=("eye",), eye="tiny").restore(snapshot)
    assert "and now by tiny" in caplog.text
