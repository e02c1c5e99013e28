"""Prints results: as one JSON object, or as text and tables for people."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from housecat.core.conformance import SIGNS, Report
from housecat.core.errors import UserError


@dataclass(frozen=True)
class Table:
    """A table for people: ruled and coloured in a terminal, plain text with aligned columns elsewhere.

    Attributes:
        columns: Headings.
        rows: A cell for each column; the last one may be long, and have several lines.
        title: Stands above the table.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    title: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any], columns: tuple[str, str] = ("what", "value"), title: str = "") -> Table:
        """Makes a table of two columns from a nested mapping, whose keys are joined by dots."""
        return cls(columns, list(flatten(values).items()), title)

    def plain(self) -> str:
        """Returns the table as text: one line a row, more where its last cell has more."""
        rows = [self.columns, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.columns) - 1)]
        margin = "\n" + " " * sum(width + 2 for width in widths)
        lines = ["  ".join([*map(str.ljust, row, widths), row[-1].replace("\n", margin)]).rstrip() for row in rows]
        return "\n".join([self.title, *lines] if self.title else lines)

    def print(self) -> None:
        """Prints the table to stdout."""
        if not sys.stdout.isatty():
            print(self.plain(), flush=True)
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        table = RichTable(title=self.title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for i, column in enumerate(self.columns):
            table.add_column(column, style="bold" if i == 0 else "", overflow="fold")
        for row in self.rows:
            table.add_row(*map(Text, row))
        Console().print(table)


def print_message(message: str) -> None:
    """Prints something that is not the result, to stderr."""
    print(message, file=sys.stderr, flush=True)


def print_result(result: Mapping[str, Any], shown: str | Table | Iterable[str | Table], as_json: bool) -> int:
    """Prints the result of a command to stdout.

    Args:
        result: Is printed as one JSON object if `as_json`.
        shown: Is printed otherwise: text, tables, or several of them.
        as_json: Value of `--json`.

    Returns:
        The exit status of success.
    """
    with _explain_stdout_errors():
        if as_json:
            print(json.dumps(result, default=str), flush=True)
            return 0
        for i, part in enumerate((shown,) if isinstance(shown, str | Table) else shown):
            if isinstance(part, Table):
                if i and part.title:
                    print()
                part.print()
            else:
                print(part, flush=True)
    return 0


@contextmanager
def _explain_stdout_errors() -> Iterator[None]:
    """Turns what the system refuses into an error that says so, but for a reader that has seen enough.

    Raises:
        UserError: The result cannot be written, such as to a full disk.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise UserError(f"cannot write the result to stdout: {error.strerror}") from error


def discard_stdout() -> None:
    """Sends nowhere what stdout still holds, which Python would try to write once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_report(report: Report) -> None:
    """Prints what a conformance kit found, a line for each check."""
    if sys.stdout.isatty():
        rows = [(SIGNS[finding.mark], finding.check, finding.message) for finding in report.findings]
        Table(("", "check", "found"), rows, f"{report.subject}: {report.verdict}").print()
    else:
        print_result({}, str(report), False)


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Returns the leaves of a nested mapping as text, each by its keys joined by dots."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return flat
