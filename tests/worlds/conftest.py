"""Episodes and worlds that several tests of worlds share."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from worlds import Poke
from worlds.env import World
from worlds.testing.random_script import random_script


def random_episode(world: World, steps: int) -> str:
    """Takes random actions; returns the digest."""
    for action, _ in random_script(world, 0, steps):
        world.step(action)
    return world.digest()


def walk_with_pokes(world: World, steps: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
    """Takes smooth random actions in the playroom, with pokes; returns the observations."""
    rng = np.random.default_rng(seed)
    path, action = [], np.zeros(5)
    for step in range(steps):
        action = np.clip(0.8 * action + 0.5 * rng.normal(size=5), -1, 1)
        if step % 20 == 10:
            world.apply(Poke("green cube", (0.4, -0.3, 0.0)))
        path.append(world.step(action.astype(np.float32))[0])
    return path


def same_observations(a: list[dict], b: list[dict]) -> bool:
    return all(np.array_equal(x[k], y[k]) for x, y in zip(a, b, strict=True) for k in x)


@pytest.fixture
def world() -> World:
    return worlds.make("playroom", seed=7)
