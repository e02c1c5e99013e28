from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from housecat.cli import main as housecat
from housecat.cli import output


def test_the_version_names_the_commit(capsys: pytest.CaptureFixture[str]) -> None:
    assert housecat.main(["--version"]) == 0
    assert re.fullmatch(r"housecat \d+\.\d+\.\d+( \([0-9a-f]{7,}(, changed)?\))?", capsys.readouterr().out.strip())


def test_a_commit_tells_whether_files_were_changed(tmp_path: Path) -> None:
    assert output._commit(tmp_path) == ""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    (tmp_path / "a").write_text("1")
    for arguments in (["init", "-q"], ["add", "a"], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *arguments], check=True)
    commit = output._commit(tmp_path)
    assert re.fullmatch("[0-9a-f]{7,}", commit)
    (tmp_path / "a").write_text("2")
    assert output._commit(tmp_path) == f"{commit}, changed"
