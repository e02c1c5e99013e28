"""The command `housecat objectives`: lists, checks and starts objectives, and writes the table of the documentation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import tyro

from housecat.cli.options import JsonFlag
from housecat.cli.output import Table, print_message, print_report, print_result
from housecat.core.errors import UserError

Names = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="[NAME|FILE.py:CLASS ...]")]
Action = Annotated[Literal["list", "check", "new", "table"], tyro.conf.Positional]


def objectives(action: Action = "list", names: Names = (), *, budget: float = 100.0, json: JsonFlag = False) -> int:
    """Lists what a mind can want; checks an objective of your own, or starts one.

    `list` shows all, or those named. `check my_drives.py:LovesRed` tests everything that the contract promises, and
    ends with status 1 where something must be changed. `new LovesRed` writes a documented file to start from, and its
    test. `table` prints the catalogue in Markdown, with measured costs (some minutes).

    Args:
        action: Subcommand, see above.
        names: Names of objectives, files with a class, or for `new` the name of a class.
        budget: For `check`: microseconds per transition that computing and learning may take.
        json: Print the result as one JSON object.
    """
    if action == "list":
        return _list(names, json)
    if action == "table":
        from intrinsic.testing.catalogue_table import markdown_table, measure

        rows = measure(names)
        return print_result({"rows": [asdict(row) for row in rows]}, markdown_table(rows), json)
    if not names:
        example = "new LovesRed" if action == "new" else "check my_drives.py:LovesRed"
        raise UserError(f"say which: housecat objectives {example}")
    return _new(names, json) if action == "new" else _check(names, budget, json)


def _list(names: tuple[str, ...], json: bool) -> int:
    from intrinsic import describe

    described = describe(*names)
    if problem := next((entry.problem for entry in described if entry.problem and names), ""):
        raise UserError(problem)
    found = {entry.name: asdict(entry) for entry in described}
    rows = [(name, entry["problem"] or entry["summary"]) for name, entry in found.items()]
    return print_result(found, Table(("objective", "what it does"), rows), json)


def _check(names: tuple[str, ...], budget: float, json: bool) -> int:
    from intrinsic.testing import check

    if not 0 < budget < float("inf"):
        raise UserError(f"budget={budget}; it must be more than 0 microseconds")
    reports = [check(name, budget) for name in names]
    if json:
        print_result({report.subject: report.to_json() for report in reports}, (), True)
    else:
        for report in reports:
            print_report(report)
    return int(not all(report.ok for report in reports))


def _new(names: tuple[str, ...], json: bool) -> int:
    from intrinsic.testing.starter import write_starter

    found = {}
    for name in names:
        file, test = write_starter(name, Path())
        found[name] = {"file": str(file), "test": str(test)}
        print_message(f"Wrote {file} and {test}. Next:")
        print_message(f"  housecat objectives check {file}:{name}")
        print_message(f"  housecat watch --objective {file}:{name}=1")
    return print_result(found, (), json)
