"""The command `housecat run`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.runs.run_dir import RunDir, load_run

FRONT_DOOR = [sys.executable, "-m", "housecat"]


def test_a_mistake_leaves_no_run_behind(call: Any, elsewhere: Path) -> None:
    call("run", "--newborn", "--world", "playrom", "--steps", "1")
    call("run", "--mind", "nobody", "--steps", "1")
    assert not list(elsewhere.glob("runs/*"))


def test_a_run_keeps_everything_and_replays_bit_for_bit(call: Any) -> None:
    status, numbers, _ = call("run", "--newborn", "--steps", "12", "--name", "first")
    assert status == 0
    assert numbers["steps"] == 12
    assert numbers["interrupted"] is False
    kept = {path.name for path in Path("runs/first").iterdir()}
    assert {"config.toml", "moments", "events.jsonl", "checkpoints"} <= kept
    assert {"summary.json", "summary.png", "report.html"} <= kept
    assert json.loads(Path("runs/first/summary.json").read_text())["versions"]["torch"]
    status, found, _ = call("replay", "runs/first")
    assert (status, found["steps"], found["same"]) == (0, 12, True)


def test_going_on_with_a_run_gives_the_life_that_never_stopped(call: Any) -> None:
    life = "--newborn", "--objective", "disagreement=1", "--objective", "pain=1", "--seed", "3"
    call("run", *life, "--steps", "14", "--name", "whole")
    call("run", *life, "--steps", "9", "--name", "parts")
    status, numbers, _ = call("run", "--resume", "runs/parts", "--steps", "14")
    assert (status, numbers["steps"]) == (0, 14)
    whole, parts = load_run("runs/whole"), load_run("runs/parts")
    assert set(whole) == set(parts)
    for name in whole:
        if not name.startswith("seconds."):
            np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)
    status, _, err = call("run", "--resume", "runs/parts", "--steps", "14")
    assert status == 2
    assert "has 14 steps already" in err


def test_runs_without_a_name_are_numbered_and_names_are_kept(call: Any) -> None:
    assert Path(call("run", "--newborn", "--steps", "1")[1]["path"]).name == "playroom-newborn-001"
    assert Path(call("run", "--newborn", "--steps", "1")[1]["path"]).name == "playroom-newborn-002"
    status, _, err = call("run", "--newborn", "--steps", "1", "--name", "playroom-newborn-001")
    assert status == 2
    assert "taken" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_run_that_can_be_gone_on_with(number: signal.Signals, call: Any) -> None:
    arguments = [*FRONT_DOOR, "run", "--newborn", "--steps", "100000", "--name", "long", "--json"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(Path("runs/long").glob("events.out*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "housecat run --resume runs/long" in err
    lived = json.loads(out)["steps"]
    assert lived == len(load_run("runs/long")["step"]) == RunDir("runs/long").checkpoints()[-1][0] > 0
    assert call("run", "--resume", "runs/long", "--steps", str(lived + 2))[1]["steps"] == lived + 2


def test_a_second_ctrl_c_says_how_to_go_on(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.runs.recorder import Recorder

    def interrupted(self: Recorder, moment: Any) -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Recorder, "add", interrupted)
    status, found, err = call("run", "--newborn", "--steps", "3", "--name", "first")
    assert (status, found) == (130, None)
    assert err.endswith("Stopped in the middle of a step. Go on with: housecat run --resume runs/first\n")


def test_a_disk_too_small_is_refused_before_anything_starts(call: Any) -> None:
    status, _, err = call("run", "--newborn", "--steps", "1000000000")
    assert status == 2
    assert "may need" in err
    assert not Path("runs").exists()


def test_a_folder_that_cannot_be_written_to_is_refused(call: Any, elsewhere: Path) -> None:
    (elsewhere / "runs").write_text("a file where a folder should be")
    status, _, err = call("run", "--newborn", "--steps", "1")
    assert status == 2
    assert "cannot write to runs" in err


def test_words_go_to_stderr_and_the_result_to_stdout() -> None:
    arguments = [*FRONT_DOOR, "run", "--newborn", "--steps", "3", "--json"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps"] == 3
    assert "Recording into" in done.stderr


def test_the_mind_of_a_run_lives_on_where_it_was_or_elsewhere(call: Any) -> None:
    call("run", "--newborn", "--world", "maze", "--world-option", "cells=2,3", "--steps", "3", "--name", "first")
    status, numbers, err = call("run", "--mind", "runs/first", "--steps", "2")
    assert status == 0, err
    assert Path(numbers["path"]).name == "maze-first-001"
    config = RunDir(numbers["path"]).config
    assert config.mind == str(RunDir("runs/first").latest_mind().resolve())
    assert (config.world, config.world_options) == ("maze", {"cells": [2, 3]})
    assert load_run(numbers["path"])["step"].tolist() == [3, 4]
    status, numbers, err = call("run", "--mind", "runs/first/", "--world", "maze", "--steps", "1")
    assert status == 0, err
    assert RunDir(numbers["path"]).config.world_options == {}


def test_a_folder_without_a_mind_is_answered_with_what_it_holds(call: Any, elsewhere: Path) -> None:
    call("run", "--newborn", "--steps", "1", "--name", "first")
    shutil.rmtree("runs/first/checkpoints/000000001")
    status, _, err = call("run", "--mind", "runs/first", "--steps", "1")
    assert status == 2
    assert "runs/first has no mind yet: no checkpoint among checkpoints, config.toml, events" in err
    assert "housecat run --resume runs/first" in err
    status, _, err = call("run", "--mind", "runs", "--steps", "1")
    assert status == 2
    assert "--mind runs: this folder is no run, it holds first. Name a run's folder" in err
    (elsewhere / "empty").mkdir()
    assert "it holds nothing" in call("watch", "--mind", "empty")[2]
