from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.runs.run_dir import RunFolder, load_run
from housecat.cli import main as housecat

FRONT_DOOR = [sys.executable, "-m", "housecat"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command in this process; returns its status, what it printed as JSON, and what it said."""

    def act(*arguments: str) -> tuple[int, Any, str]:
        try:
            status = housecat.main([*arguments, "--json"])
        except SystemExit as exit:
            status = int(exit.code or 0)
        out, err = capsys.readouterr()
        return status, json.loads(out) if out else None, err

    return act


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FRONT_DOOR, *arguments], capture_output=True, text=True, check=False, timeout=120)


def test_help_comes_at_once_and_loads_nothing_heavy() -> None:
    heavy = "torch", "pybullet", "pygame", "matplotlib", "numpy", "gymnasium"
    code = f"""import sys
from housecat.cli import main as housecat
try: housecat.main(["--help"])
except SystemExit as exit: assert not exit.code
assert not set({heavy!r}) & set(sys.modules), set({heavy!r}) & set(sys.modules)"""
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        seconds.append(time.perf_counter() - started)
        assert done.returncode == 0, done.stderr
    assert all(command in done.stdout for command in housecat.COMMANDS)
    assert min(seconds) < 1.0


@pytest.mark.parametrize("command", sorted(housecat.COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        housecat.main([command, "--help"])
    assert exit.value.code == 0
    assert "--json" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wacth"], "watch"),
        (["run", "--stps", "3"], "--steps"),
        (["run", "--steps", "many"], "many"),
        (["run", "--newborn", "--steps", "0"], "at least 1 step"),
        (["run", "--newborn", "--world", "playrom", "--steps", "1"], "Did you mean playroom"),
        (["run", "--newborn", "--objective", "pian=1", "--steps", "1"], "Did you mean pain"),
        (["run", "--newborn", "--objective", "pain=lots", "--steps", "1"], "lots"),
        (["run", "--mind", "nobody", "--steps", "1"], "nobody"),
        (["run", "--newborn", "--name", "a/b"], "letters, digits"),
        (["run", "--resume", "runs/nothing"], "no run at"),
        (["run", "--resume", "runs/nothing", "--newborn"], "as it is"),
        (["replay", "nothing"], "no run at"),
        (["study", "nothing"], "unknown study"),
        (["watch", "--newborn", "--seconds", "-1"], "seconds"),
    ],
)
def test_a_users_mistake_has_status_2_and_no_traceback(call: Any, arguments: list[str], words: str) -> None:
    status, out, err = call(*arguments)
    assert status == 2
    assert out is None
    assert words in err
    assert "Traceback" not in err


def test_a_mistake_leaves_no_run_behind(call: Any, elsewhere: Path) -> None:
    call("run", "--newborn", "--world", "playrom", "--steps", "1")
    call("run", "--mind", "nobody", "--steps", "1")
    assert not list(elsewhere.glob("runs/*"))


def test_lists_worlds_objectives_and_studies(call: Any) -> None:
    assert "playroom" in call("worlds")[1]
    objectives = call("objectives")[1]
    assert {"disagreement", "pain"} <= set(objectives)
    assert all(it["summary"] for it in objectives.values())
    status, studies, _ = call("study")
    assert status == 0
    assert isinstance(studies, dict)


def test_doctor_tells_of_everything(call: Any) -> None:
    status, found, _ = call("doctor")
    marks = {check["name"]: check["mark"] for check in found["checks"]}
    assert set(marks) == {"python", "pybullet", "torch", "opengl", "video", "display", "packages", "disk"}
    assert status == int(not found["ok"])
    assert all(check["remedy"] for check in found["checks"] if check["mark"] != "ok")


def test_doctor_finds_a_second_owner_of_a_name(call: Any, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "agent.py").write_text("")
    monkeypatch.syspath_prepend(str(elsewhere))
    status, found, _ = call("doctor")
    packages = next(check for check in found["checks"] if check["name"] == "packages")
    assert status == 1
    assert packages["mark"] == "fail"
    assert str(elsewhere) in packages["found"]


def test_doctor_survives_a_broken_installation(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pybullet", None)
    status, found, _ = call("doctor")
    broken = next(check for check in found["checks"] if check["name"] == "pybullet")
    assert (status, broken["mark"]) == (1, "fail")
    assert "make setup" in broken["remedy"]


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


def test_replay_tells_the_first_difference(call: Any) -> None:
    call("run", "--newborn", "--steps", "6", "--name", "first")
    ((_, shard),) = RunFolder("runs/first").shards()
    arrays = dict(np.load(shard))
    arrays["obs.vitals"][3] += 0.5
    np.savez(shard, **arrays)
    status, found, _ = call("replay", "runs/first")
    assert (status, found["same"], found["steps"]) == (1, False, 4)
    assert found["difference"] == "vitals by up to 0.5"


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
    assert lived == len(load_run("runs/long")["step"]) == RunFolder("runs/long").checkpoints()[-1][0] > 0
    assert call("run", "--resume", "runs/long", "--steps", str(lived + 2))[1]["steps"] == lived + 2


def test_a_disk_too_small_is_told_before_anything_starts(call: Any) -> None:
    status, _, err = call("run", "--newborn", "--steps", "1000000000")
    assert status == 2
    assert "may need" in err
    assert not Path("runs").exists()


def test_a_folder_that_cannot_be_written_to_is_told(call: Any, elsewhere: Path) -> None:
    (elsewhere / "runs").write_text("a file where a folder should be")
    status, _, err = call("run", "--newborn", "--steps", "1")
    assert status == 2
    assert "cannot write to runs" in err


def test_words_go_to_stderr_and_the_result_to_stdout() -> None:
    done = run("run", "--newborn", "--steps", "3", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps"] == 3
    assert "Recording into" in done.stderr


def test_watch_without_a_display_makes_a_clip(call: Any) -> None:
    status, found, err = call("watch", "--newborn", "--seconds", "1")
    assert status == 0
    assert "no display" in err
    assert Path(found["clip"]).stat().st_size > 1000
    assert Path(found["summary"]).is_file()
