"""The command `housecat study`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import studies
from housecat.cli import main as housecat

RESULT: dict[str, Any] = {
    "study": "play",
    "seeds": [0, 1],
    "interval": "95 % of Student's t",
    "metrics": {
        "play share": {"value": 0.4567, "ci95": [0.4, 0.5], "unit": "of steps", "better": "higher"},
        "cells": {"value": None, "ci95": None, "reason": "no toy moved", "unit": "cells", "better": "higher"},
    },
    "controls": {"random": {"play share": {"value": 0.03, "ci95": None, "unit": "of steps", "better": "higher"}}},
}


@pytest.fixture
def fake_study(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []

    def run(**options: Any) -> dict[str, Any]:
        options["progress"](1.0, "done")
        calls.append(options)
        return RESULT

    monkeypatch.setattr(studies, "load", lambda name: run)
    return calls


def test_metrics_and_controls_are_printed_in_tables(
    fake_study: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert housecat.main(["study", "play", "--seeds", "0", "1", "--steps", "7"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "play share  0.457 [0.4, 0.5] of steps (higher is better)" in lines
    assert "cells       not measured: no toy moved" in lines
    assert lines[lines.index("Control: random") + 2] == "play share  0.03 of steps (higher is better)"
    assert "In brackets: 95 % of Student's t, 2 seeds." in lines
    assert lines[-1].startswith("Kept in runs/study-play")
    ((options),) = fake_study
    assert (options["seeds"], options["steps"], options["out"]) == ((0, 1), 7, Path("runs/study-play"))


def test_the_result_as_json(fake_study: list[dict[str, Any]], call: Any) -> None:
    status, result, _ = call("study", "play", "--out", "mine")
    assert (status, result) == (0, RESULT)
    assert "steps" not in fake_study[0]
    assert Path("mine").is_dir()


def test_ctrl_c_says_what_is_kept(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(studies, "load", lambda name: interrupted)
    status, result, err = call("study", "play")
    assert (status, result) == (130, None)
    assert "kept in runs/study-play" in err


def test_ctrl_c_reaches_workers_quietly() -> None:
    command = [sys.executable, "-m", "housecat", "study", "play", "--seeds", "0", "1", "--steps", "6000"]
    study = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True)
    try:
        assert study.stderr is not None
        assert "Running the study play" in study.stderr.readline()
        deadline = time.monotonic() + 60
        while not Path("runs/study-play/jobs").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)  # workers are just being started
        os.killpg(study.pid, signal.SIGINT)
        out, err = study.communicate(timeout=30)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(study.pid, signal.SIGKILL)
    assert study.returncode == 130
    assert out == ""
    assert err.strip() == "Stopped. What was done is kept in runs/study-play, and the same command goes on from there."


def test_without_a_name_every_study_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert housecat.main(["study"]) == 0
    words = capsys.readouterr().out
    for name, claim in studies.summaries().items():
        assert name in words
        assert len(claim) <= 100


@pytest.mark.usefixtures("fake_study")
def test_progress_is_shown_in_percent(call: Any) -> None:
    _, _, err = call("study", "play")
    assert "play: 100 %, done" in err
    assert "/s" not in err


def test_missing_packages_are_named_with_what_installs_them(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("housecat.cli.study.find_spec", lambda name: None if name == "sklearn" else name)
    status, _, err = call("study", "play")
    assert status == 2
    assert "sklearn" in err
    assert "pip install 'housecat[studies]'" in err


def test_a_folder_that_cannot_be_written_to_is_said(call: Any) -> None:
    Path("runs").write_text("a file where a folder should be")
    status, _, err = call("study", "play")
    assert status == 2
    assert "cannot write to runs" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "unknown study 'nothing'. Known: "),
        (["plya"], "Did you mean play?"),
        (["play", "--steps", "0"], "steps=0; a study takes at least 1"),
        (["play", "--seeds", "1", "1"], "seeds=1 1; give one or more"),
        (["play", "--seeds", "-1"], "seeds=-1; give one or more"),
    ],
)
def test_a_mistake_is_reported(call: Any, arguments: list[str], words: str) -> None:
    status, _, err = call("study", *arguments)
    assert status == 2
    assert words in err
    assert not Path("runs").exists()
