"""The command `housecat replay`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import tyro

from housecat.cli.doctor import has_display
from housecat.cli.options import JsonFlag
from housecat.cli.output import print_result
from housecat.cli.watch import make_clip, show_in_window
from housecat.core.errors import UserError


def replay(path: Annotated[Path, tyro.conf.Positional], *, show: bool = False, json: JsonFlag = False) -> int:
    """Lives a recorded run again and checks that every sense comes out bit for bit the same.

    Args:
        path: Folder of the run.
        show: Let the mind itself live it again, in the window (without a display: as a clip).
        json: Print what was found as one JSON object.
    """
    from agent.runs.metrics import duration
    from agent.runs.recorded_run import begin
    from agent.runs.run_dir import RunDir
    from agent.runs.verify import replay as replay_rows
    from housecat.cli.progress import ProgressBar
    from viewer.export.report import farewell

    folder = RunDir(path)
    if (shards := folder.shards()) and shards[0][0] > 0:
        raise UserError(
            f"{path} was watched for its first {shards[0][0]} steps, and they were not recorded: it cannot be lived "
            "again from its start. `housecat run` records a life from its first step"
        )
    rows, difference = 0, ""
    with ProgressBar(f"{path.name} again", folder.rows) as bar:
        for row, row_difference in replay_rows(folder):
            rows, difference = row + 1, row_difference
            bar(rows)
    found: dict[str, Any] = {"path": str(path), "steps": rows, "same": not difference, "difference": difference}
    verdict = f"step {rows - 1} differs: {difference}" if difference else f"{rows} steps, all the same"
    shown = [f"{path}: {verdict}"]
    if show:
        config = folder.config
        seconds = duration(folder.arrays())
        if has_display():
            report = show_in_window(partial(begin, config), config.mind_name, seconds)
            found |= report
            shown.append(farewell(report))
        else:
            found |= (clip := make_clip(folder.path, partial(begin, config), seconds, config.mind_name))
            shown.append(f"Clip: {clip['clip']}")
    return print_result(found, shown, json) or int(bool(difference))
