"""What the tests of the command line share: a folder of their own, and calling a command in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from housecat.cli import main as housecat


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
