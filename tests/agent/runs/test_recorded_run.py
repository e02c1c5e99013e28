from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import worlds
from agent.runs.recorded_run import RecordedRun, check_space, resume_from_checkpoint
from agent.runs.run_dir import RunConfig, RunDir, load_run
from agent.runs.verify import replay
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("steps", "checkpoint", "cut"), [(9, 3, 5), pytest.param(190, 160, 170, marks=pytest.mark.slow, id="planning")]
)
def test_a_life_broken_off_goes_on_from_the_checkpoint_before(steps: int, checkpoint: int, cut: int) -> None:
    config = RunConfig(seed=2, steps=steps)
    list(RecordedRun.start(config, "whole").moments())
    moments = RecordedRun.start(config, "parts").moments(checkpoint)
    for _ in range(cut):
        next(moments)
    with pytest.raises(RuntimeError, match="power cut"):
        moments.throw(RuntimeError("power cut"))
    assert [rows for rows, _ in RunDir("runs/parts").checkpoints()] == [checkpoint]
    assert RunDir("runs/parts").rows == cut
    list(RecordedRun.resume(Path("runs/parts")).moments())
    whole, parts = load_run("runs/whole"), load_run("runs/parts")
    for name in whole:
        if not name.startswith("seconds."):
            np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)


def test_a_life_killed_before_its_first_checkpoint_begins_again() -> None:
    moments = RecordedRun.start(RunConfig(seed=2, steps=4), "killed").moments()
    next(moments)
    with pytest.raises(RuntimeError):
        moments.throw(RuntimeError)
    recorded = RecordedRun.resume(Path("runs/killed"))
    assert recorded.rows == 0
    list(recorded.moments())
    assert RunDir("runs/killed").rows == 4
    assert not any(difference for _, difference in replay(RunDir("runs/killed")))


def test_closing_keeps_the_last_moment() -> None:
    moments = RecordedRun.start(RunConfig(steps=100), "stopped").moments()
    for _ in range(4):
        next(moments)
    moments.close()
    assert [rows for rows, _ in RunDir("runs/stopped").checkpoints()] == [4]
    assert resume_from_checkpoint(Path("runs/stopped"))[1].steps == 4


def test_replay_repeats_what_a_user_did() -> None:
    folder = RunDir.create(RunConfig(steps=2), "poked")
    world = worlds.make("playroom", seed=0)
    world.apply(worlds.Poke("red ball", (0.3, 0.0, 0.0)))
    obs = world.step(np.zeros(5, np.float32))[0]
    np.savez(
        folder.path / "moments" / "000000000.npz",
        step=np.arange(1),
        action=np.zeros((1, 5), np.float32),
        **{f"obs.{name}": value[None] for name, value in obs.items()},
    )
    event = '{"row": 0, "step": 0, "event": "poke", "target": "red ball", "impulse": [0.3, 0.0, 0.0]}\n'
    write_bytes(folder.path / "events.jsonl", event.encode())
    assert list(replay(folder)) == [(0, "")]
    (folder.path / "events.jsonl").unlink()
    assert next(replay(folder))[1].startswith("things by up to")


def test_there_is_nothing_to_replay_in_an_empty_run() -> None:
    with pytest.raises(UserError, match="no moments yet"):
        list(replay(RunDir.create(RunConfig(), "empty")))


def test_a_disk_too_small_is_refused_with_numbers(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"may need [\d.]+ GB, and .* has [\d.]+ GB free"):
        check_space(tmp_path, worlds.make("playroom"), 10**12)
