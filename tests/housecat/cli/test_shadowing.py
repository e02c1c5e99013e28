"""Files in the current folder that hide housecat's packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from housecat.cli.shadowing import PACKAGES, ROOT, hidden_packages, namesakes

MODULES = [name for name in PACKAGES if name != "housecat"]  # with a housecat.py, `python -m housecat` runs that


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("name", MODULES)
def test_a_file_in_the_way_is_named(name: str, elsewhere: Path) -> None:
    (elsewhere / f"{name}.py").write_text("")
    done = start("-m", "housecat", "watch", "--newborn")
    assert done.returncode == 2
    assert str(elsewhere / f"{name}.py") in done.stderr
    assert "Rename it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_package_in_the_way_is_named_by_its_folder(elsewhere: Path) -> None:
    (elsewhere / "agent").mkdir()
    (elsewhere / "agent" / "__init__.py").write_text("")
    done = start("-m", "housecat", "worlds")
    assert done.returncode == 2
    assert f"{elsewhere / 'agent'} is in the way" in done.stderr


@pytest.mark.parametrize(("name", "arguments"), [("agent", ["-m"]), ("housecat", ["-P", "-m"])])
def test_doctor_finds_what_is_in_the_way(name: str, arguments: list[str], elsewhere: Path) -> None:
    (elsewhere / f"{name}.py").write_text("")
    done = start(*arguments, "housecat", "doctor", "--json")  # -P: as the script `housecat` starts it
    assert done.returncode == 1, done.stderr
    packages = next(check for check in json.loads(done.stdout)["checks"] if check["name"] == "packages")
    assert packages["mark"] == "fail"
    assert f"{elsewhere / name}.py is in the way" in packages["found"]


@pytest.mark.parametrize("name", PACKAGES)
def test_namesakes_of_a_package_are_files_and_folders_with_an_init(name: str, elsewhere: Path) -> None:
    (elsewhere / name).mkdir()
    assert list(namesakes(elsewhere)) == []
    (elsewhere / name / "__init__.py").write_text("")
    (elsewhere / f"{name}.py").write_text("")
    assert list(namesakes(elsewhere)) == [elsewhere / name, elsewhere / f"{name}.py"]
    assert list(namesakes(ROOT)) == []


def test_what_the_script_housecat_never_sees_is_not_in_its_way(elsewhere: Path) -> None:
    (elsewhere / "agent.py").write_text("")
    assert start("-P", "-m", "housecat", "objectives", "list", "rnd").returncode == 0


def test_nothing_is_hidden_here() -> None:
    assert hidden_packages() == {}
