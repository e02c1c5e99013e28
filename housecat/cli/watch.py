"""The command `housecat watch`, and how the other commands show a life: in the window, or as a clip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housecat.cli.doctor import has_display
from housecat.cli.options import DEFAULT_LIFE, FloatOption, JsonFlag, LifeOptions, PathOption
from housecat.cli.output import Table, print_message, print_result
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from viewer.export.report import WatchReport
    from viewer.source.worker import Keep

CLIP_SECONDS = 30.0


def watch(
    life: LifeOptions = DEFAULT_LIFE,
    *,
    resume: PathOption = None,
    seconds: FloatOption = None,
    speed: float = 1.0,
    json: JsonFlag = False,
) -> int:
    """Opens the window on a life. Without a display, makes a clip of it. The life is kept in runs/ in the end.

    Args:
        life: Options of the mind, the world and the objectives.
        resume: Folder of a run, to go on with its life from its newest checkpoint.
        seconds: Seconds of life; without a display 30, else until the window is closed.
        speed: Seconds of life per second before your eyes.
        json: Print the result as one JSON object.
    """
    from agent.runs.kept_life import keep_life
    from agent.runs.recorded_run import begin, resume_from_checkpoint
    from agent.runs.run_dir import RunDir
    from viewer.export.report import farewell

    for name, value in (("seconds", seconds), ("speed", speed)):
        if value is not None and not 0 < value < float("inf"):
            raise UserError(f"{name}={value}; it must be more than 0")
    if resume is None:
        config = life.run_config()
        make: Callable[[], Any] = partial(begin, config)
    elif life != DEFAULT_LIFE:
        raise UserError("--resume goes on with a life as it is: only --seconds, --speed and --json go with it")
    else:
        config, make = RunDir(resume).config, partial(resume_from_checkpoint, resume)
    if has_display():
        result = show_in_window(make, config.mind_name, seconds, speed, partial(keep_life, config))
        return print_result(result, farewell(result), json) or int(bool(result["error"]))
    seconds = CLIP_SECONDS if seconds is None else seconds
    print_message(f"There is no display, so this makes a clip of {seconds:g} seconds of life.")
    made = make()  # before the folder, so that a mistake leaves none behind
    clip = make_clip(RunDir.create(config).path, lambda: made, seconds, config.mind_name)
    return print_result(clip, Table.of(clip), json)


def show_in_window(
    make: Callable[[], Any], mind_name: str, seconds: float | None, speed: float = 1.0, keep: Keep | None = None
) -> WatchReport:
    """Shows a life in the window until it is closed.

    Args:
        make: Makes the world and the mind.
        mind_name: Name of the mind, for the title.
        seconds: Seconds of life to show; None until the window is closed.
        speed: Seconds of life per second of the clock.
        keep: Keeps the life in the end, see `viewer.watch`.

    Returns:
        How watching went; its ``error`` says why the life broke off, if it did.
    """
    from viewer.watch import watch as watch_life

    report = watch_life(make, seconds=seconds, speed=speed, mind_name=mind_name, keep=keep)
    if report["error"]:
        print_message(f"housecat: {report['error']}")
    return report


def make_clip(run: Path, make: Callable[[], Any], seconds: float, mind_name: str) -> dict[str, Any]:
    """Makes ``clip.mp4`` in a run folder, and ``summary.png`` where the folder has none.

    Args:
        run: The run folder.
        make: Makes the world and the mind.
        seconds: Seconds of life to film.
        mind_name: Name of the mind, for the title.

    Returns:
        The paths of both files.
    """
    import viewer
    from housecat.cli.progress import ProgressBar
    from housecat.core.atomic_write import explain_write_errors

    clip, picture = run / "clip.mp4", run / "summary.png"
    drawn = None if picture.exists() else picture
    try:
        with explain_write_errors(run), ProgressBar("Filming", seconds, "s") as bar:
            viewer.record_video(make, clip, seconds, mind_name=mind_name, summary_png=drawn, progress=bar)
    except KeyboardInterrupt:
        if clip.is_file():
            print_message(f"housecat: interrupted; the clip so far is in {clip}")
        raise
    return {"clip": str(clip), "summary": str(picture)}
