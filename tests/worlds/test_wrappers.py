"""Wrappers."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from worlds import PermutePixels


def test_pixels_are_permuted_always_alike_and_lose_nothing() -> None:
    world = worlds.make("playroom", seed=1, senses=("body", "eye"))
    plain = world.reset(seed=1)[0]
    permuted, others = PermutePixels(world, seed=5), PermutePixels(world, seed=6)
    seen = permuted.reset(seed=1)[0]
    assert not np.array_equal(seen["eye"], plain["eye"])
    np.testing.assert_array_equal(seen["body"], plain["body"])
    back = np.empty_like(plain["eye"]).reshape(-1, 3)
    back[permuted.order] = seen["eye"].reshape(-1, 3)
    np.testing.assert_array_equal(back.reshape(84, 84, 3), plain["eye"])
    np.testing.assert_array_equal(seen["eye"], PermutePixels(world, seed=5).observation(plain)["eye"])
    assert not np.array_equal(seen["eye"], others.observation(plain)["eye"])
    with pytest.raises(UserError, match="this world has body, things, touch"):
        PermutePixels(worlds.make("playroom"))
