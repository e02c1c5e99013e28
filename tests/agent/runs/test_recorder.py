from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import housecat.core.atomic_write
from agent.moment import Moment, Plan, Thought
from agent.runs.metrics import InteractionMetrics, summarise
from agent.runs.recorder import FLUSH, Recorder
from agent.runs.run_dir import RunConfig, RunDir, load_run
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS, VITALS

THING_NAMES = ("ball", "feeder")


def moment(step: int, events: tuple[dict[str, Any], ...] = (), **changes: Any) -> Moment:
    things = np.zeros((2, 5), np.float32)
    things[0, 0] = 0.1 * step
    plan = Plan(-1.5, {"pain": -1.5}, np.zeros((4, 3), np.float32), np.zeros((4, 2, 3), np.float32), np.zeros((3, 5)))
    plain = Moment(
        step=step,
        time=0.2 * (step + 1),
        obs={"things": things, "vitals": np.full(3, step, np.float32)},
        action=np.full(5, 0.1, np.float32),
        costs={"pain": 0.5, "broken": float("nan")},
        emotions={"fear": 0.25},
        surprise=1.0,
        thought=Thought("plan", 14, (1,), {"pain": 1.0}, (plan,) if step else (), {"pain": 0.1}),
        events=events,
        losses={"model": 2.0} if step > 2 else {},
        things=THING_NAMES,
        frames=np.zeros((6, 3, 7), np.float32),
        seconds={"think": 0.01},
    )
    return replace(plain, **changes)


def contact(thing: str) -> dict[str, Any]:
    return {"event": "contact", "part": "paw", "thing": thing, "force": 1.0}


@pytest.fixture
def folder(tmp_path: Path) -> RunDir:
    return RunDir.create(RunConfig(steps=10), parent=tmp_path)


class Keeper:
    """Stands for a mind and a world, whose saving is theirs to test."""

    def save(self, path: Path, memory: bool = True) -> None:
        path.write_text("mind")

    def snapshot(self) -> bytes:
        return b"world"


def record(folder: RunDir, first: int, last: int) -> None:
    with Recorder(folder, first) as recorder:
        for step in range(first, last):
            recorder.add(moment(step, (contact("ball"),) if step % 2 else ()))


def test_reads_back_what_was_recorded(folder: RunDir) -> None:
    record(folder, 0, 5)
    arrays = load_run(folder.path)
    assert arrays["step"].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(arrays["obs.vitals"][:, VITALS.energy], np.arange(5))
    assert arrays["action"].shape == (5, 5)
    assert arrays["mode"].tolist() == ["plan"] * 5
    assert arrays["attention"].tolist() == [[1, -1]] * 5
    assert arrays["things"][0].tolist() == list(THING_NAMES)
    assert [e["row"] for e in folder.events()] == [1, 3]


def test_numbers_that_a_step_lacks_are_nan(folder: RunDir) -> None:
    record(folder, 0, 5)
    arrays = load_run(folder.path)
    assert np.isnan(arrays["losses.model"]).tolist() == [True, True, True, False, False]
    assert np.isnan(arrays["plan"]).tolist() == [True, False, False, False, False]
    assert np.isnan(arrays["costs.broken"]).all()


def test_rows_are_on_disk_after_each_flush(folder: RunDir) -> None:
    with Recorder(folder) as recorder:
        for step in range(FLUSH + 3):
            recorder.add(moment(step))
        assert len(load_run(folder.path)["step"]) == FLUSH
    assert len(load_run(folder.path)["step"]) == folder.rows == FLUSH + 3


def test_scalars_reach_tensorboard(folder: RunDir) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    record(folder, 0, 40)
    board = EventAccumulator(str(folder.path)).Reload()
    assert {"cost/pain", "emotion/fear", "loss/model", "play/share", "mode/plan"} <= set(board.Tags()["scalars"])
    assert [point.step for point in board.Scalars("cost/pain")] == [20, 40]


@pytest.mark.parametrize("cut", [0, 3, 6])
def test_going_on_from_a_row_gives_the_same_record_as_never_stopping(tmp_path: Path, cut: int) -> None:
    whole = RunDir.create(RunConfig(), "whole", tmp_path)
    parts = RunDir.create(RunConfig(), "parts", tmp_path)
    record(whole, 0, 8)
    record(parts, 0, 6)
    record(parts, cut, 8)
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(array, parts.arrays()[name])
    assert list(whole.events()) == list(parts.events())
    assert summarise(whole) == summarise(parts)


def test_keeps_the_last_checkpoint_whole(folder: RunDir) -> None:
    with Recorder(folder) as recorder:
        for step in range(4):
            recorder.add(moment(step))
            recorder.checkpoint(Keeper(), Keeper())  # type: ignore[arg-type]
    assert [(rows, path.name) for rows, path in folder.checkpoints()] == [(4, "000000004")]
    assert {p.name for p in folder.checkpoints()[0][1].iterdir()} == {"mind", "world.bin"}


def test_only_one_process_records_into_a_run(folder: RunDir) -> None:
    with Recorder(folder), pytest.raises(UserError, match="another process is recording"), Recorder(folder):
        pass


def test_a_full_disk_is_reported_and_loses_nothing_written(folder: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    record(folder, 0, 5)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(housecat.core.atomic_write.os, "fsync", full)
    with pytest.raises(UserError, match="disk is full"):
        record(folder, 5, 6)
    assert len(load_run(folder.path)["step"]) == 5
    assert not list((folder.path / "moments").glob(".*")), "no half-written file stays"


def test_a_torn_last_line_of_events_is_passed_over(folder: RunDir) -> None:
    record(folder, 0, 4)
    with (folder.path / "events.jsonl").open("a") as file:
        file.write('{"row": 4, "ev')
    assert len(list(folder.events())) == 2
    record(folder, 4, 6)
    assert [e["row"] for e in folder.events()] == [1, 3, 5]


def test_a_damaged_line_within_the_events_is_reported(folder: RunDir) -> None:
    (folder.path / "events.jsonl").write_text("{oops\n" + json.dumps({"row": 1, "event": "fall"}) + "\n")
    with pytest.raises(UserError, match="line 1 is damaged"):
        list(folder.events())


def test_config_reads_back(tmp_path: Path) -> None:
    config = RunConfig("playroom", 'a "strange" näme', {"my drives.py:LovesRed": 0.5, "pain": -1e-07}, 7, 12)
    assert RunDir.create(config, "x", tmp_path).config == config
    options = {"body": "crawler", "extras": "all", "lamp": False, "cells": [3, 4], "steepness": 0.5, "plan": "#S#\n#G#"}
    fitted = RunConfig("maze", world_options=options)
    assert RunDir.create(fitted, "z", tmp_path).config == fitted
    newborn = RunConfig(mind=None)
    assert RunDir.create(newborn, "y", tmp_path).config == newborn


def test_the_config_of_a_run_of_the_version_before_is_read(folder: RunDir) -> None:
    (folder.path / "config.toml").write_text(
        'world = "maze"\nseed = 3\nsteps = 9\npipeline = true\n\n[objectives]\n"pain" = 2.0\n\n[room]\ncells = [2, 3]\n'
    )
    wanted = RunConfig("maze", None, {"pain": 2.0}, 3, 9, {"cells": [2, 3]}, {}, True)
    assert folder.config == wanted


def test_a_broken_config_is_reported(folder: RunDir) -> None:
    (folder.path / "config.toml").write_text("wurld = 3")
    with pytest.raises(UserError, match=r"config\.toml cannot be read"):
        _ = folder.config


def test_runs_are_numbered_and_names_are_not_taken_twice(tmp_path: Path) -> None:
    numbered = [RunDir.create(RunConfig(), parent=tmp_path).path.name for _ in range(2)]
    assert numbered == ["playroom-newborn-001", "playroom-newborn-002"]
    RunDir.create(RunConfig(), "mine", tmp_path)
    with pytest.raises(UserError, match=r"'mine' is taken.*--resume"):
        RunDir.create(RunConfig(), "mine", tmp_path)


@pytest.mark.parametrize("name", ["", "../escape", "a/b", ".hidden", "a b"])
def test_unfit_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="letters, digits"):
        RunDir.create(RunConfig(), name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, not a folder")
    with pytest.raises(UserError, match="cannot write to"):
        RunDir.create(RunConfig(), "mine", tmp_path / "runs")


def test_a_missing_run_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no run at"):
        RunDir(tmp_path / "kittn")
    RunDir.create(RunConfig(), "kitten", tmp_path)
    with pytest.raises(UserError, match=r"Did you mean .*kitten"):
        RunDir(tmp_path / "kittn")


def test_steps_can_be_raised_but_not_below_what_was_lived(folder: RunDir) -> None:
    with Recorder(folder) as recorder:
        for step in range(4):
            recorder.add(moment(step))
        recorder.checkpoint(Keeper(), Keeper())  # type: ignore[arg-type]
    assert folder.reach(20).steps == folder.config.steps == 20
    with pytest.raises(UserError, match="has 4 steps already"):
        folder.reach(4)
    with pytest.raises(UserError, match="at least 1 step"):
        folder.reach(0)


def test_play_is_contact_with_what_moves() -> None:
    play = InteractionMetrics()
    for step in range(4):
        play.add(moment(step, (contact("ball"), contact("feeder")) if step % 2 else (contact("feeder"),)))
    assert play.share == play.recent == 0.5, "a feeder that never moves is touched, but not a toy"
    assert play.touched == {"feeder": 4, "ball": 2}
    assert play.moved == {"ball": pytest.approx(0.3)}


def test_slow_rolling_adds_up_and_trembling_does_not() -> None:
    rolling, trembling = InteractionMetrics(), InteractionMetrics()
    for step in range(41):
        for play, x in ((rolling, 0.005 * step), (trembling, 0.005 * (step % 2))):
            now = moment(step)
            now.obs["things"][0, THINGS.x] = x
            play.add(now)
    assert rolling.moved["ball"] == pytest.approx(0.2, abs=0.02)
    assert not trembling.moved


def test_summary_of_a_run(folder: RunDir) -> None:
    record(folder, 0, 6)
    numbers = summarise(folder)
    assert numbers["steps"] == 6
    assert numbers["play"]["share"] == 0.5
    assert numbers["costs"] == {"pain": 0.5}, "what was never a number has no mean"
    assert numbers["events"] == {"contact": 3}
    json.dumps(numbers)


def test_an_empty_run_has_a_summary(folder: RunDir) -> None:
    assert summarise(folder) == {"steps": 0}
