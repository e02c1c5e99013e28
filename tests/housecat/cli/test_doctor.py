"""The command `housecat doctor`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest


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
