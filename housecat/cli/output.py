"""Prints results: as one JSON object, or as text and tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from housecat.core.conformance import SIGNS, Report


@dataclass(frozen=True)
class Table:
    """A table for people: ruled and coloured in a terminal, plain text with aligned columns elsewhere.

    Attributes:
        columns: Headings.
        rows: A cell for each column; the last column is the one that may be long.
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
        """Returns the table as text, one line a row."""
        rows = [self.columns, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.columns) - 1)]
        lines = ["  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip() for row in rows]
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
    if as_json:
        print(json.dumps(result, default=str), flush=True)
        return 0
    for part in (shown,) if isinstance(shown, str | Table) else shown:
        if isinstance(part, Table):
            part.print()
        else:
            print(part, flush=True)
    return 0


def print_report(report: Report) -> None:
    """Prints what a conformance kit found, a line for each check."""
    if sys.stdout.isatty():
        rows = [(SIGNS[finding.mark], finding.check, finding.message) for finding in report.findings]
        Table(("", "check", "found"), rows, f"{report.subject}: {report.verdict}").print()
    else:
        print(report, flush=True)


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Returns the leaves of a nested mapping as text, each by its keys joined by dots."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return flat
