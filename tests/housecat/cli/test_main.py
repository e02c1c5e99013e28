"""Help, mistakes and exit statuses of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from housecat.cli import main as housecat

ROOT = Path(__file__).parents[3]


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
        (["wacth"], "unknown command 'wacth'. Did you mean watch"),
        (["run", "--steps", "1.5"], "'1.5' is not a whole number"),
        (["watch", "--seconds", "soon"], "'soon' is not a number"),
        (["run", "--newborn", "--seed", "-1"], "seed=-1; a seed is a whole number from 0"),
        (["objectives", "list", "pian"], "Did you mean pain"),
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


def test_lists_worlds_objectives_and_studies(call: Any) -> None:
    assert "playroom" in call("worlds")[1]
    objectives = call("objectives")[1]
    assert {"disagreement", "pain"} <= set(objectives)
    assert all(objective["summary"] for objective in objectives.values())
    status, studies, _ = call("study")
    assert status == 0
    assert isinstance(studies, dict)


def test_the_version_comes_as_json_too(call: Any) -> None:
    status, found, _ = call("--version")
    assert status == 0
    assert {"housecat", "python", "torch", "commit"} <= set(found)


@pytest.mark.parametrize(
    ("redirection", "status", "words"),
    [
        ("| head -1", 0, ""),
        (">&-", 0, ""),
        ("> /dev/full", 2, "housecat: cannot write the result to stdout: No space left on device\n"),
    ],
)
def test_stdout_that_takes_no_more(redirection: str, status: int, words: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m housecat objectives list {redirection}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (status, words)
