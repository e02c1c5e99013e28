"""The same seed and events give the same life, bit for bit."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from worlds import Meal, Place, Poke
from worlds.env import World
from worlds.testing.random_script import random_script
from worlds.testing.replay_log import Difference, ReplayLog, compare, record, replay


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
    seen = worlds.make("playroom", seed=8, frames_per_step=12)
    for obs in life[:5]:
        seen.scene(), seen.truth(), seen.observe()
        del obs
    assert same(life, walk(seen, 40))


EVERY = pytest.mark.parametrize("name", worlds.names())
ELSEWHERE = """import sys
from worlds.testing.replay_log import ReplayLog, replay
log = ReplayLog.load(sys.argv[1])
for start in map(int, sys.argv[2:]):
    print(replay(log, start))"""


@pytest.fixture
def plan() -> Iterator[list]:
    world = worlds.make("playroom", seed=3)
    yield list(random_script(world, 3, 60))
    world.close()


@EVERY
def test_a_log_is_lived_again_in_another_process_from_its_start_and_from_every_keyframe(
    name: str, tmp_path: Path
) -> None:
    world = worlds.make(name, seed=2)
    log = record(name, 2, random_script(world, 2, 40, pokes=7), every=20)
    world.close()
    log.save(tmp_path / "log.npz")
    root = Path(worlds.__file__).parent.parent
    arguments = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "log.npz"), "0", "20"]
    done = subprocess.run(arguments, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["None", "None"], done.stderr


def test_a_log_read_back_is_the_log_that_was_written(plan: list, tmp_path: Path) -> None:
    log = record("playroom", 3, plan[:25], every=10, control_dt=0.1)
    log.save(tmp_path / "log.npz")
    read = ReplayLog.load(tmp_path / "log.npz")
    assert (read.world, read.seed, read.options, read.events) == ("playroom", 3, {"control_dt": 0.1}, log.events)
    assert (read.digests, read.keyframes) == (log.digests, log.keyframes)
    assert list(read.keyframes) == [0, 10, 20]
    assert replay(read, 10) is None
    assert any(log.events)


def test_the_first_step_and_variable_that_differ_are_named(plan: list) -> None:
    log = record("playroom", 3, plan)
    pushed = [*plan]
    pushed[41] = (plan[41][0], [Poke("red ball", (1e-9, 0.0, 0.0))])
    found = compare(log, record("playroom", 3, pushed))
    assert found is not None
    assert (found.step, found.variable) == (41, "red ball.position.x")
    assert found.values[0] != found.values[1]
    turned = [*plan]
    turned[7] = (-plan[7][0], plan[7][1])
    told = compare(log, record("playroom", 3, turned))
    assert told is not None
    assert (told.step, told.variable) == (7, "action")
    assert compare(log, record("playroom", 3, plan[:30])) is None


def test_a_replay_tells_where_a_log_does_not_hold(plan: list) -> None:
    log = record("playroom", 3, plan[:20], every=10)
    log.actions[12] = -log.actions[12]
    found = replay(log)
    assert isinstance(found, Difference)
    assert found.step == 12
    assert "step 12" in str(found)
    assert replay(log, stop=12) is None
    assert replay(log, 10, stop=12) is None
    with pytest.raises(UserError, match="no keyframe at step 5; there are 0, 10"):
        replay(log, 5)


def test_what_is_done_before_a_snapshot_happens_after_it() -> None:
    world = worlds.make("playroom", seed=1)
    for event in (Poke("red ball", (0.2, 0.1, 0.0)), Meal(-0.3)):
        world.apply(event)
    snapshot = world.snapshot()
    action = np.zeros(5, np.float32)
    obs, _, _, _, info = world.step(action)
    other = worlds.make("playroom", seed=2)
    other.restore(snapshot)
    again, _, _, _, told = other.step(action)
    assert same([obs], [again])
    assert other.digest() == world.digest()
    assert [e["event"] for e in told["events"]] == [e["event"] for e in info["events"]]
    assert other.exact_state() == world.exact_state()
    assert info["events"][0]["event"] == "poke"


def test_going_back_again_and_again_is_as_exact_as_the_first_time() -> None:
    world = worlds.make("playroom", seed=1)
    walk(world, 15)
    kept = [world.snapshot(), (walk(world, 5), world.snapshot())[1]]
    rests = [(world.restore(it), walk(world, 10, seed=2), world.digest())[1:] for it in kept]
    for _ in range(4):  # from the third time on from memory
        for snapshot, (rest, digest) in zip(kept, rests, strict=True):
            world.restore(snapshot)
            assert same(rest, walk(world, 10, seed=2))
            assert world.digest() == digest


def test_chance_goes_on_from_a_snapshot() -> None:
    world, other = worlds.make("playroom", seed=1), worlds.make("playroom", seed=2)
    other.restore(world.snapshot())
    assert same([world.reset()[0]], [other.reset()[0]])


def test_a_digest_tells_lives_apart_and_equal_ones_alike() -> None:
    one, other, third = (worlds.make("playroom", seed=seed) for seed in (1, 1, 2))
    assert one.digest() == other.digest() != third.digest()
    begun = one.digest()
    walk(one, 3), walk(other, 3)
    assert begun != one.digest() == other.digest()
    other.step(np.zeros(5, np.float32)), one.step(np.full(5, 1e-3, np.float32))
    assert one.digest() != other.digest()
    one.reset(seed=1)
    assert one.digest() == begun


def test_a_file_that_is_no_log_is_refused(tmp_path: Path, plan: list) -> None:
    for content in (b"", b"no log", hashlib.sha256(b"x").digest() * 9):
        (tmp_path / "log.npz").write_bytes(content)
        with pytest.raises(UserError, match="no log of an episode"):
            ReplayLog.load(tmp_path / "log.npz")
    record("playroom", 3, plan[:2]).save(tmp_path / "log.npz")
    (tmp_path / "log.npz").write_bytes((tmp_path / "log.npz").read_bytes()[:900])
    with pytest.raises(UserError, match="no log of an episode"):
        ReplayLog.load(tmp_path / "log.npz")
    with pytest.raises(UserError, match="no log of an episode"):
        ReplayLog.load(tmp_path / "missing.npz")


def test_a_world_that_is_filmed_otherwise_takes_a_snapshot_and_begins_a_film_of_its_own() -> None:
    watched, trained = worlds.make("playroom", seed=3), worlds.make("playroom", seed=3, frames_per_step=1)
    watched.step(np.ones(5, np.float32))
    trained.restore(watched.snapshot())
    assert trained.frames().shape[0] == 1
    assert np.array_equal(trained.frames()[-1], watched.frames()[-1])
    watched.close()
    trained.close()
