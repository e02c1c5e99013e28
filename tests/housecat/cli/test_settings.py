"""The command `housecat settings`."""

from __future__ import annotations

from typing import Any

import pytest

from agent.config import settings
from housecat.cli import main as housecat


def test_lists_every_setting_with_its_default_and_meaning(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    status, found, _ = call("settings")
    assert status == 0
    assert set(found) == set(settings())
    assert all(setting["meaning"] and setting["allowed"] for setting in found.values())
    assert found["planner.kind"]["default"] == "icem"
    assert found["planner.kind"]["allowed"] == "icem, mppi, gradient, icem+gradient"
    assert found["planner.horizon"]["allowed"] == "a whole number, at least 1"
    assert found["training.discount"]["allowed"] == "a number, at least 0, below 1"
    assert found["training.prioritized_fraction"]["allowed"] == "a number from 0 to 1"
    assert found["model.belief"]["allowed"] == "true or false"
    assert housecat.main(["settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(any(line.startswith(f"{name} ") for line in lines) for name in settings())


def test_one_group_or_one_setting(call: Any) -> None:
    planner = call("settings", "planner")[1]
    assert planner
    assert all(name.startswith("planner.") for name in planner)
    assert list(call("settings", "planner.kind")[1]) == ["planner.kind"]
    assert list(call("settings", "threads")[1]) == ["threads"]


def test_a_misspelt_group_is_answered_with_the_nearest(call: Any) -> None:
    status, _, err = call("settings", "planer")
    assert status == 2
    assert "unknown setting or group of settings 'planer'. Did you mean planner" in err
    assert "Known:" not in err
