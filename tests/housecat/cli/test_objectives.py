"""The command `housecat objectives`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from housecat.cli import main as housecat

ROOT = Path(__file__).parents[3]
MINE = ROOT / "examples" / "my_drives.py"


def test_a_good_objective_has_status_0_and_a_bad_one_1(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    assert housecat.main(["objectives", "check", f"{MINE}:LovesRed"]) == 0
    assert "LovesRed: keeps the contract" in capsys.readouterr().out
    Path("bad.py").write_text(MINE.read_text().replace("amin(-1)", "amin(-1).double()"))
    assert housecat.main(["objectives", "check", "bad.py:LovesRed", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)["LovesRed"]
    assert not report["ok"]
    assert any("Return float32" in finding["message"] for finding in report["findings"] if finding["mark"] == "fail")


def test_new_writes_a_file_that_can_be_checked_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert housecat.main(["objectives", "new", "LovesSpeed"]) == 0
    assert "housecat objectives check loves_speed.py:LovesSpeed" in capsys.readouterr().err
    assert housecat.main(["objectives", "check", "loves_speed.py:LovesSpeed"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "say which: housecat objectives check my_drives.py:LovesRed"),
        (["new"], "say which: housecat objectives new LovesRed"),
        (["check", "rdn"], "Did you mean rnd"),
        (["check", "nosuch.py:Thing"], "does not exist"),
        (["check", "rnd", "--budget", "0"], "more than 0"),
        (["new", "loves red"], "no name for a class"),
    ],
)
def test_a_mistake_has_status_2_and_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert housecat.main(["objectives", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_named_objectives_are_listed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert housecat.main(["objectives", "list", "rnd", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["rnd"]
