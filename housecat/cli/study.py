"""The command `housecat study`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import tyro

from housecat.cli.options import INTERRUPTED, IntOption, JsonFlag, PathOption
from housecat.cli.output import Table, print_message, print_result
from housecat.core.errors import UserError, unknown_name

EXTRA = ("joblib", "sklearn")  # import names of the packages that `housecat[studies]` brings


def study(
    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="[NAME]", help_behavior_hint="")] = "",
    *,
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4),
    steps: IntOption = None,
    out: PathOption = None,
    json: JsonFlag = False,
) -> int:
    """Runs a study: a claim about curious minds, measured against controls. Without a name, lists them.

    Ctrl-C stops it; the same command goes on with what was not done.

    Args:
        name: Name of the study.
        seeds: Seeds to measure with; an interval needs at least two.
        steps: Length of each life or recording in control steps; the study's own number when not given.
        out: Folder for result.json, figure.png and what is kept to go on from; runs/study-NAME when not given.
        json: Print the result as one JSON object.
    """
    import studies
    from housecat.cli.progress import ProgressBar
    from housecat.core.atomic_write import explain_write_errors

    known = studies.summaries()
    if not name:
        return print_result(known, Table(("study", "claim"), list(known.items())), json)
    if name not in known:
        raise unknown_name("study", name, known)
    if steps is not None and steps < 1:
        raise UserError(f"steps={steps}; a study takes at least 1")
    if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise UserError(f"seeds={' '.join(map(str, seeds)) or 'none'}; give one or more from 0 on, and each once")
    if missing := [package for package in EXTRA if find_spec(package) is None]:
        raise UserError(f"studies need {' and '.join(missing)}: pip install 'housecat[studies]'")
    folder = out or Path("runs") / f"study-{name}"
    options: dict[str, Any] = {} if steps is None else {"steps": steps}
    print_message(f"Running the study {name}. It may take hours: Ctrl-C stops it, the same command goes on.")
    try:
        with explain_write_errors(folder), ProgressBar(name, 100, "%") as bar:
            folder.mkdir(parents=True, exist_ok=True)
            options["progress"] = lambda share, words: bar(100 * share, words)
            result = studies.load(name)(seeds=seeds, out=folder, **options)
    except KeyboardInterrupt:
        print_message(f"Stopped. What was done is kept in {folder}, and the same command goes on from there.")
        return INTERRUPTED
    notes = (
        f"In brackets: {result['interval']}, {len(result['seeds'])} seeds.",
        f"Kept in {folder}: result.json and figure.png",
    )
    return print_result(result, (*_tables(result), *notes), json)


def _tables(result: Mapping[str, Any]) -> list[Table]:
    """Returns a table of the metrics, and one for each control."""
    groups = {"": result["metrics"], **{f"Control: {name}": found for name, found in result["controls"].items()}}
    return [
        Table(("metric", "value"), [(name, _value(metric)) for name, metric in group.items()], title)
        for title, group in groups.items()
    ]


def _value(metric: Mapping[str, Any]) -> str:
    """Returns the value of a metric with its interval and unit, and which direction is better."""
    if metric["value"] is None:
        return f"not measured: {metric['reason']}"
    interval = "" if metric["ci95"] is None else " [{:.3g}, {:.3g}]".format(*metric["ci95"])
    return f"{metric['value']:.3g}{interval} {metric['unit']} ({metric['better']} is better)"
