"""The command `housecat objectives`: lists, checks and starts objectives, and writes the table of the documentation."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import tyro

from housecat.cli.output import report, say, table
from housecat.core.errors import UserError

Json = Annotated[bool, tyro.conf.arg(help="Print the result as one JSON object.")]
Which = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="[NAME|FILE.py:CLASS ...]")]
Do = Annotated[Literal["list", "check", "new", "table"], tyro.conf.Positional]


def objectives(do: Do = "list", which: Which = (), *, budget: float = 100.0, json: Json = False) -> int:
    """Lists what a mind can want; checks an objective of your own, or starts one.

    `list` shows all, or those named. `check my_drives.py:LovesRed` tries everything that the contract promises, and
    ends with status 1 where something must be changed. `new LovesRed` writes a documented file to start from, and its
    test. `table` prints the catalogue as docs/objectives.md has it, with measured costs (some minutes).

    Args:
        do: What to do.
        which: Names of objectives, files with a class, or for `new` the name of a class.
        budget: For `check`: microseconds per transition that computing and learning may take.
        json: Print the result as one JSON object.
    """
    if do == "list":
        return _list(which, json)
    if do == "table":
        from intrinsic.testing.catalogue_table import measure, table_of

        rows = measure(which)
        return report({"rows": [asdict(row) for row in rows]}, table_of(rows), json)
    if not which:
        example = "new LovesRed" if do == "new" else "check my_drives.py:LovesRed"
        raise UserError(f"say which: housecat objectives {example}")
    return _new(which, json) if do == "new" else _check(which, budget, json)


def _list(which: tuple[str, ...], json: bool) -> int:
    from intrinsic import describe

    found = {it.name: asdict(it) for it in describe(*which)}
    words = {name: it["problem"] or it["summary"] for name, it in found.items()}
    return report(found, table(words), json)


def _check(which: tuple[str, ...], budget: float, json: bool) -> int:
    from rich.console import Console

    from intrinsic.testing import check

    if not 0 < budget < float("inf"):
        raise UserError(f"budget={budget}; it must be more than 0 microseconds")
    reports = [check(name, budget) for name in which]
    if json:
        report({it.objective: it.to_json() for it in reports}, "", True)
    else:
        console = Console()
        for it in reports:
            console.print(it)
            console.print()
    return int(not all(it.ok for it in reports))


def _new(which: tuple[str, ...], json: bool) -> int:
    from intrinsic.testing.starter import start

    found = {}
    for name in which:
        file, test = start(name, Path())
        found[name] = {"file": str(file), "test": str(test)}
        say(f"Wrote {file} and {test}. Next:")
        say(f"  housecat objectives check {file}:{name}")
        say(f"  housecat watch --objective {file}:{name}=1")
    return report(found, "", json)
