"""Errors that a user can mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from housecat.core.errors import UserError, describe_error, unknown_name


@pytest.mark.parametrize(
    ("given", "known", "words"),
    [
        ("pian", ["pain", "hunger"], "unknown drive 'pian'. Did you mean pain? Known: hunger, pain."),
        ("x", ["pain"], "unknown drive 'x'. Known: pain."),
        ("x", [], "unknown drive 'x'. There are none."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(given: str, known: list[str], words: str) -> None:
    assert str(unknown_name("drive", given, known)) == words
    assert str(unknown_name("drive", given, known, "Write one.")) == f"{words} Write one."


def raised(source: str, path: Path) -> BaseException:
    path.write_text(source)
    try:
        exec(compile(source, str(path), "exec"), {})
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\nx / 0\n", "mine.py, line 2: ZeroDivisionError: division by zero"),
        ("x = (\n", "mine.py, line 1: SyntaxError: '(' was never closed"),
        ("{}['key']\n", "mine.py, line 1: KeyError: key"),
        ("raise ValueError\n", "mine.py, line 1: ValueError"),
    ],
)
def test_an_error_in_a_file_is_described_with_its_line(source: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    assert describe_error(raised(source, path), str(path)) == words
    assert describe_error(raised(source, path), None).startswith(words.partition(": ")[2])


def test_a_mistake_of_the_users_says_enough() -> None:
    assert describe_error(UserError("give a number"), "mine.py") == "give a number"
