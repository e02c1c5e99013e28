"""The command `housecat worlds`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import tyro

from housecat.cli.options import JsonFlag
from housecat.cli.output import Table, print_report, print_result
from housecat.core.errors import UserError


def worlds(
    action: Annotated[Literal["list", "check"], tyro.conf.Positional] = "list",
    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME|FILE.py:CLASS")] = "",
    *,
    seeds: tuple[int, ...] = (0, 1),
    steps: int = 100,
    json: JsonFlag = False,
) -> int:
    """Lists worlds, bodies and options, or checks that one keeps the contract: `worlds check my_worlds.py:Attic`.

    Status 0 when it keeps it, 1 when not.

    Args:
        action: Subcommand: `list` or `check`.
        name: World to check: a name from the list, or a class of a file.
        seeds: Layouts to check it with.
        steps: Control steps of each life in the check.
        json: Print the result as one JSON object.
    """
    import worlds as package  # this function has the package's name

    if action == "list":
        if name:
            raise UserError(f"housecat worlds list takes no name; to check {name}: housecat worlds check {name}")
        found = {entry.name: asdict(entry) for entry in package.describe()}
        rows = [
            (name, ", ".join(entry["bodies"]), ", ".join(entry["options"]), entry["problem"] or entry["summary"])
            for name, entry in found.items()
        ]
        return print_result(found, Table(("world", "--body", "--world-option", "what it is"), rows), json)
    from worlds.testing.contract import check

    if not name:
        raise UserError(f"check which world? One of {', '.join(package.names())}, or my_worlds.py:Attic")
    report = check(name, seeds=seeds, steps=steps)
    if json:
        print_result(report.to_json(), (), True)
    else:
        print_report(report)
    return int(not report.ok)
