"""The versions that numbers depend on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from housecat.cli import main as housecat
from housecat.core.versions import commit, versions


def test_the_version_names_the_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert housecat.main(["--version"]) == 0
    assert re.fullmatch(r"housecat \d+\.\d+\.\d+( \([0-9a-f]{7,}(, changed)?\))?", capsys.readouterr().out.strip())


def test_a_commit_tells_whether_files_were_changed(tmp_path: Path) -> None:
    assert commit(tmp_path) == ""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    (tmp_path / "a").write_text("1")
    for arguments in (["init", "-q"], ["add", "a"], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *arguments], check=True)
    head = commit(tmp_path)
    assert re.fullmatch("[0-9a-f]{7,}", head)
    (tmp_path / "a").write_text("2")
    assert commit(tmp_path) == f"{head}, changed"


def test_versions_name_what_results_depend_on() -> None:
    assert {"python", "housecat", "gymnasium", "numpy", "pybullet", "torch"} <= set(versions())
