"""Logs of episodes: recorded, compared and replayed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import worlds
from housecat.core.errors import UserError
from worlds import Poke
from worlds.testing.random_script import random_script
from worlds.testing.replay_log import Difference, ReplayLog, compare, record, replay

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
def test_a_log_is_replayed_in_another_process_from_its_start_and_from_every_keyframe(name: str, tmp_path: Path) -> None:
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
    turn_found = compare(log, record("playroom", 3, turned))
    assert turn_found is not None
    assert (turn_found.step, turn_found.variable) == (7, "action")
    assert compare(log, record("playroom", 3, plan[:30])) is None


def test_a_replay_finds_where_a_log_does_not_hold(plan: list) -> None:
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


def test_a_log_with_a_former_option_is_read_under_its_new_name(plan: list, tmp_path: Path) -> None:
    log = record("playroom", 3, plan[:4], every=2, control_dt=0.1)
    log.options = {"control_dt": 0.1, "film": 6}
    log.save(tmp_path / "log.npz")
    read = ReplayLog.load(tmp_path / "log.npz")
    assert read.options == {"control_dt": 0.1, "frames_per_step": 6}
    assert replay(read) is None
    assert replay(read, 2) is None


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
