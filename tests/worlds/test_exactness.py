"""The same seed and events give the same life, bit for bit."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import worlds
from worlds import Place, Poke
from worlds.world import World


def walk(world: World, steps: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    path, action = [], np.zeros(5)
    for step in range(steps):
        action = np.clip(0.8 * action + 0.5 * rng.normal(size=5), -1, 1)
        if step % 20 == 10:
            world.apply(Poke("green cube", (0.4, -0.3, 0.0)))
        path.append(world.step(action.astype(np.float32))[0])
    return path


def same(a: list[dict], b: list[dict]) -> bool:
    return all(np.array_equal(x[k], y[k]) for x, y in zip(a, b, strict=True) for k in x)


def test_the_same_seed_gives_the_same_life_in_a_new_world_and_after_a_reset() -> None:
    first = worlds.make("playroom", seed=3)
    life = walk(first, 150)
    assert same(life, walk(worlds.make("playroom", seed=3), 150))
    first.reset(seed=3)
    assert same(life, walk(first, 150))
    assert not same(life, walk(worlds.make("playroom", seed=4), 150))


def test_a_second_reset_without_seed_differs_reproducibly() -> None:
    rooms = []
    for _ in range(2):
        world = worlds.make("playroom", seed=5)
        rooms.append([world.reset()[0]["things"], world.reset()[0]["things"]])
    assert not np.array_equal(rooms[0][0], rooms[0][1])
    np.testing.assert_array_equal(rooms[0], rooms[1])


def test_a_snapshot_restores_the_life_in_another_world() -> None:
    world = worlds.make("playroom", seed=6)
    walk(world, 60)
    world.apply(Place("red ball", (0.0, 0.0)))
    snapshot = world.snapshot()
    rest = walk(world, 100, seed=1)
    other = worlds.make("playroom", seed=99)
    walk(other, 10)
    obs = other.restore(snapshot)
    assert other.steps == 60
    assert world.observation_space.contains(obs)
    assert same(rest, walk(other, 100, seed=1))


def test_drawing_does_not_change_a_life() -> None:
    life = walk(worlds.make("playroom", seed=8), 40)
    seen = worlds.make("playroom", seed=8, film=12)
    for obs in life[:5]:
        seen.scene(), seen.truth(), seen.observe()
        del obs
    assert same(life, walk(seen, 40))


def test_gymnasium_finds_nothing_wrong(recwarn: pytest.WarningsRecorder) -> None:
    env = gymnasium.make("housecat/Playroom-v0")
    check_env(env.unwrapped, skip_render_check=True)
    # Gymnasium warns of unbounded observations on principle; positions and forces have no bound.
    assert [str(w.message) for w in recwarn if "infinity" not in str(w.message)] == []
