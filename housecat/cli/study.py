"""The command `housecat study`."""

from __future__ import annotations

import importlib
import json as jsonlib
from pathlib import Path
from typing import Annotated, Any

import tyro

from housecat.cli.options import JsonFlag, PathOption
from housecat.cli.output import nested_lines, print_result, two_columns
from housecat.core.errors import UserError, unknown_name


def study(
    name: Annotated[str, tyro.conf.Positional] = "",
    *,
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4),
    steps: int | None = None,
    out: PathOption = None,
    json: JsonFlag = False,
) -> int:
    """Runs a study: a claim about curious minds, measured against controls. Without a name, lists them.

    Ctrl-C stops it; the same command goes on with the lives that were not done.

    Args:
        name: Which.
        seeds: Lives to live.
        steps: Control steps per life; the study's own number when not given.
        out: Where to keep result.json, figure.png and the lives as they are done; runs/study-NAME when not given.
        json: Print the result as one JSON object.
    """
    import studies
    from housecat.cli.progress import Bar
    from housecat.core.atomic_write import explain_write_errors, write_text

    known = studies.describe()
    if not name:
        return print_result(known, two_columns(known), json)
    if name not in known:
        raise unknown_name("study", name, known)
    if steps is not None and steps < 1:
        raise UserError(f"steps={steps}; a study takes at least 1")
    if len(set(seeds)) < len(seeds) or not seeds:
        raise UserError(f"seeds={' '.join(map(str, seeds)) or 'none'}; give at least one, and each once")
    folder = out or Path("runs") / f"study-{name}"
    with explain_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = {} if steps is None else {"steps": steps}
        with Bar(name, 100, "%") as bar:
            options["progress"] = lambda share, words="": bar(100 * share, words)
            result = importlib.import_module(f"studies.{name}").run(seeds=seeds, out=folder, **options)
        write_text(folder / "result.json", jsonlib.dumps(result, indent=2))
    return print_result(result, f"{chr(10).join(nested_lines(result.get('metrics', {})))}\nKept in {folder}", json)
