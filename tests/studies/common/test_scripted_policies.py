"""A kitten that is led from thing to thing meets them; random and still actions are what they say."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import worlds
from studies.common.play_trace import FIXTURES
from studies.common.scripted_policies import leading_policy, random_actions, still_actions
from worlds import World

STEPS, ROOMS = 300, (110, 111, 112)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = worlds.make("playroom", seed=110, frames_per_step=1)
    yield made
    made.close()


def run_actions(world: World, actions: Iterable[npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], list[set[str]]]:
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
        actions, touched = run_actions(world, leading_policy(world, STEPS, room))
        led += touched
        world.reset(seed=room)
        by_noise += run_actions(world, random_actions(world, STEPS, room))[1]
        assert actions.shape == (STEPS, *world.action_space.shape)
        assert np.abs(actions).max() <= 1.0
    met = set.union(*led)
    assert "feeder" in met  # the plate is flat, and no obstacle
    assert len(met - {*FIXTURES}) >= 3
    assert sum(map(bool, led)) > 3 * sum(map(bool, by_noise)) + 0.03 * len(led)


def test_it_is_led_alike_by_the_same_seed_and_otherwise_by_another(world: World) -> None:
    ways = []
    for seed in (1, 1, 2):
        world.reset(seed=111)
        ways.append(run_actions(world, leading_policy(world, 60, seed))[0])
    np.testing.assert_array_equal(ways[0], ways[1])
    assert not np.array_equal(ways[0], ways[2])


def test_random_actions_are_smooth_and_come_again_and_still_ones_do_nothing(world: World) -> None:
    actions = random_actions(world, 200, 3)
    assert actions.shape == (200, *world.action_space.shape)
    assert np.abs(actions).max() <= 1.0
    np.testing.assert_array_equal(actions, random_actions(world, 200, 3))
    assert np.abs(np.diff(actions, axis=0)).mean() < 0.5 * np.abs(actions - actions[::-1]).mean()
    still = still_actions(world, 20)
    assert still.shape == (20, *world.action_space.shape)
    assert not still.any()
