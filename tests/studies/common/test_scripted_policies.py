"""A kitten that is led about meets things."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import worlds
from agent.actor.exploration_noise import babbling
from studies.common.scripted_policies import leading
from studies.common.tasks import UNTOYS
from worlds import World

STEPS, ROOMS = 300, (110, 111, 112)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = worlds.make("playroom", seed=110, frames_per_step=1)
    yield made
    made.close()


def lived(world: World, actions: Iterable[npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], list[set[str]]]:
    """Returns actions (T, A), and the things touched in each step."""
    done, touched = [], []
    for action in actions:
        done.append(action.copy())
        world.step(action)
        touched.append({name for _, name, _ in world.truth()["contacts"]} & {*world.things})
    return np.stack(done), touched


def test_led_about_it_meets_toys_and_others_and_moved_by_noise_hardly_any(world: World) -> None:
    led, by_noise = list[set[str]](), list[set[str]]()
    for room in ROOMS:
        world.reset(seed=room)
        actions, touched = lived(world, leading(world, STEPS, room))
        led += touched
        world.reset(seed=room)
        by_noise += lived(world, babbling(world.action_space.shape[0], STEPS, room))[1]
        assert actions.shape == (STEPS, *world.action_space.shape)
        assert np.abs(actions).max() <= 1.0
    met = set.union(*led)
    assert "feeder" in met  # the plate is flat, and no obstacle
    assert len(met - {*UNTOYS}) >= 3
    assert sum(map(bool, led)) > 3 * sum(map(bool, by_noise)) + 0.03 * len(led)


def test_it_is_led_alike_by_the_same_seed_and_otherwise_by_another(world: World) -> None:
    ways = []
    for seed in (1, 1, 2):
        world.reset(seed=111)
        ways.append(lived(world, leading(world, 60, seed))[0])
    np.testing.assert_array_equal(ways[0], ways[1])
    assert not np.array_equal(ways[0], ways[2])
