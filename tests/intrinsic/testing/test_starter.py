"""A started file keeps the contract as it stands, and its test passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from housecat.core.errors import UserError
from intrinsic.testing.starter import write_starter

pytest_plugins = ("pytester",)


def test_a_started_file_and_its_test_pass(pytester: pytest.Pytester) -> None:
    file, test = write_starter("LovesSpeed", pytester.path)
    assert (file.name, test.name) == ("loves_speed.py", "test_loves_speed.py")
    result = pytester.runpytest_inprocess(str(test), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "test_loves_speed.py").write_text("mine")
    with pytest.raises(UserError, match="is there already"):
        write_starter("LovesSpeed", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["test_loves_speed.py"]


@pytest.mark.parametrize("name", ["loves speed", "lovesSpeed", "class", "None", ""])
def test_a_name_must_be_one_of_a_class(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="is no name for a class"):
        write_starter(name, tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write"):
        write_starter("LovesSpeed", tmp_path / "nowhere")
