"""Printing results: JSON, text and tables."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from housecat.cli.output import Table, flatten, print_result

ROOT = Path(__file__).parents[3]
TABLE = Table(("name", "value"), [("pain", "6"), ("disagreement", "[bold]1[/bold]")], "Objectives")


def test_a_table_is_plain_text_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_result({}, (TABLE, "done"), as_json=False) == 0
    lines = ["Objectives", "name          value", "pain          6", "disagreement  [bold]1[/bold]", "done", ""]
    assert capsys.readouterr().out == "\n".join(lines)


def test_more_lines_of_a_last_cell_stand_below_it() -> None:
    table = Table(("", "check", "found"), [("warn", "display", "none\n-> make a clip")])
    assert table.plain().splitlines() == [
        "      check    found",
        "warn  display  none",
        "               -> make a clip",
    ]


def test_a_table_is_ruled_in_a_terminal_and_takes_no_text_for_markup() -> None:
    master, slave = pty.openpty()
    code = f"from housecat.cli.output import Table; {TABLE!r}.print()"
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], stdout=slave, check=True, env=environment)
    os.close(slave)
    out = os.read(master, 10_000).decode()
    os.close(master)
    assert "─" in out
    assert "[bold]1[/bold]" in out


def test_json_is_one_object_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    print_result({"rows": 2}, TABLE, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"rows": 2}


def test_nested_results_are_named_by_their_keys() -> None:
    nested = {"steps": 3, "play": {"share": 0.5, "toys": {"ball": 1}}, "seeds": [0, 1], "empty": {}}
    assert flatten(nested) == {"steps": "3", "play.share": "0.5", "play.toys.ball": "1", "seeds": "0, 1"}
    assert Table.of(nested).plain().splitlines()[1] == "steps           3"
