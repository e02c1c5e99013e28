"""The command `housecat run`."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

from housecat.cli.options import DEFAULT_LIFE, INTERRUPTED, IntOption, JsonFlag, LifeOptions, NameOption, PathOption
from housecat.cli.output import Table, print_message, print_result
from housecat.cli.report import write_page, write_summary
from housecat.cli.watch import CLIP_SECONDS, make_clip
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from agent.runs.recorded_run import RecordedRun

STEPS = 5000


def run(
    life: LifeOptions = DEFAULT_LIFE,
    *,
    steps: IntOption = None,
    name: NameOption = None,
    resume: PathOption = None,
    clip: bool = False,
    json: JsonFlag = False,
) -> int:
    """Lives without a window, and keeps everything in runs/NAME. Ctrl-C stops it after the step at hand.

    Args:
        life: Options of the mind, the world and the objectives.
        steps: Control steps (0.2 s of life each) that the run has in the end; 5000 when not given.
        name: Name of the run; the next free number when not given.
        resume: A run that was stopped, to go on exactly as though it never was.
        clip: Make a clip of what it does afterwards, too.
        json: Print the numbers as one JSON object.
    """
    from agent.runs.metrics import summarise
    from agent.runs.recorded_run import RecordedRun, resume_from_checkpoint

    if resume is None:
        recorded = RecordedRun.start(life.run_config(STEPS if steps is None else steps), name)
    elif name is not None or life != DEFAULT_LIFE:
        raise UserError("--resume goes on with a run as it is: only --steps, --clip and --json go with it")
    else:
        recorded = RecordedRun.resume(resume, steps)
    folder = recorded.folder
    advice = f"Go on with: housecat run --resume {shlex.quote(str(folder.path))}"
    print_message(f"Recording into {folder.path}")
    try:
        rows = _live(recorded)
    except KeyboardInterrupt:  # the second Ctrl-C
        print_message(f"Stopped in the middle of a step. {advice}")
        return INTERRUPTED
    numbers = {"path": str(folder.path), "interrupted": rows < folder.config.steps, **summarise(folder)}
    numbers["objectives"] = dict(recorded.mind.config.objectives)
    write_summary(folder, numbers)
    if clip and not numbers["interrupted"]:
        numbers |= make_clip(
            folder.path, partial(resume_from_checkpoint, folder.path), CLIP_SECONDS, folder.config.mind_name
        )
    write_page(folder, numbers)
    print_result(numbers, Table.of(numbers), json)
    if numbers["interrupted"]:
        print_message(f"Stopped after {rows} steps. {advice}")
        return INTERRUPTED
    return 0


def _live(recorded: RecordedRun) -> int:
    """Lives what is left of a run, until its end or Ctrl-C; returns the number of steps that it has now."""
    from housecat.cli.progress import InterruptFlag, ProgressBar

    folder, moments, rows = recorded.folder, recorded.moments(), recorded.rows
    with InterruptFlag() as interrupt, ProgressBar(folder.path.name, folder.config.steps) as bar:
        for _, recorder in moments:
            rows = recorder.rows
            skipped = recorded.mind.trainer.nan_guard
            note = f", {skipped.total} updates skipped{' (stopped)' * skipped.stopped}" if skipped.total else ""
            bar(rows, f"{recorder.play.recent:.0%} of steps playing{note}")
            if interrupt.is_set:
                moments.close()
    return rows
