"""The same seed and events give the same episode, bit for bit; snapshots continue it."""

from __future__ import annotations

import numpy as np

import worlds
from tests.worlds.conftest import same_observations, walk_with_pokes
from worlds import Meal, Place, Poke


def test_the_same_seed_gives_the_same_episode_in_a_new_world_and_after_a_reset() -> None:
    first = worlds.make("playroom", seed=3)
    episode = walk_with_pokes(first, 150)
    assert same_observations(episode, walk_with_pokes(worlds.make("playroom", seed=3), 150))
    first.reset(seed=3)
    assert same_observations(episode, walk_with_pokes(first, 150))
    assert not same_observations(episode, walk_with_pokes(worlds.make("playroom", seed=4), 150))


def test_a_second_reset_without_seed_differs_reproducibly() -> None:
    rooms = []
    for _ in range(2):
        world = worlds.make("playroom", seed=5)
        rooms.append([world.reset()[0]["things"], world.reset()[0]["things"]])
    assert not np.array_equal(rooms[0][0], rooms[0][1])
    np.testing.assert_array_equal(rooms[0], rooms[1])


def test_a_snapshot_restores_the_episode_in_another_world() -> None:
    world = worlds.make("playroom", seed=6)
    walk_with_pokes(world, 60)
    world.apply(Place("red ball", (0.0, 0.0)))
    snapshot = world.snapshot()
    rest = walk_with_pokes(world, 100, seed=1)
    other = worlds.make("playroom", seed=99)
    walk_with_pokes(other, 10)
    obs = other.restore(snapshot)
    assert other.steps == 60
    assert world.observation_space.contains(obs)
    assert same_observations(rest, walk_with_pokes(other, 100, seed=1))


def test_drawing_does_not_change_an_episode() -> None:
    episode = walk_with_pokes(worlds.make("playroom", seed=8), 40)
    seen = worlds.make("playroom", seed=8, frames_per_step=12)
    for obs in episode[:5]:
        seen.scene(), seen.truth(), seen.observe()
        del obs
    assert same_observations(episode, walk_with_pokes(seen, 40))


def test_what_is_done_before_a_snapshot_happens_after_it() -> None:
    world = worlds.make("playroom", seed=1)
    for event in (Poke("red ball", (0.2, 0.1, 0.0)), Meal(-0.3)):
        world.apply(event)
    snapshot = world.snapshot()
    action = np.zeros(5, np.float32)
    obs, _, _, _, info = world.step(action)
    other = worlds.make("playroom", seed=2)
    other.restore(snapshot)
    again, _, _, _, other_info = other.step(action)
    assert same_observations([obs], [again])
    assert other.digest() == world.digest()
    assert [e["event"] for e in other_info["events"]] == [e["event"] for e in info["events"]]
    assert other.exact_state() == world.exact_state()
    assert info["events"][0]["event"] == "poke"


def test_chance_goes_on_from_a_snapshot() -> None:
    world, other = worlds.make("playroom", seed=1), worlds.make("playroom", seed=2)
    other.restore(world.snapshot())
    assert same_observations([world.reset()[0]], [other.reset()[0]])


def test_a_digest_differs_between_episodes_and_is_equal_for_equal_ones() -> None:
    one, other, third = (worlds.make("playroom", seed=seed) for seed in (1, 1, 2))
    assert one.digest() == other.digest() != third.digest()
    begun = one.digest()
    walk_with_pokes(one, 3), walk_with_pokes(other, 3)
    assert begun != one.digest() == other.digest()
    other.step(np.zeros(5, np.float32)), one.step(np.full(5, 1e-3, np.float32))
    assert one.digest() != other.digest()
    one.reset(seed=1)
    assert one.digest() == begun


def test_a_world_with_other_frames_per_step_restores_a_snapshot_and_starts_frames_of_its_own() -> None:
    watched, trained = worlds.make("playroom", seed=3), worlds.make("playroom", seed=3, frames_per_step=1)
    watched.step(np.ones(5, np.float32))
    trained.restore(watched.snapshot())
    assert trained.frames().shape[0] == 1
    assert np.array_equal(trained.frames()[-1], watched.frames()[-1])
    watched.close()
    trained.close()
