"""The command `housecat watch`, and how the other commands show a life: in the window, or as a clip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housecat.cli.doctor import has_display
from housecat.cli.options import DEFAULT_LIFE, FloatOption, JsonFlag, LifeOptions
from housecat.cli.output import Table, print_message, print_result
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from agent.moment import Moment

CLIP_SECONDS = 30.0


def watch(
    life: LifeOptions = DEFAULT_LIFE, *, seconds: FloatOption = None, speed: float = 1.0, json: JsonFlag = False
) -> int:
    """Opens the window on a life. Without a display, makes a clip of it.

    Args:
        life: Who lives where, wanting what.
        seconds: Seconds of life; without a display 30, else until the window is closed.
        speed: Seconds of life per second before your eyes.
        json: Print the result as one JSON object.
    """
    from agent.runs.recorded_run import begin
    from agent.runs.run_dir import RunDir

    for name, value in (("seconds", seconds), ("speed", speed)):
        if value is not None and not 0 < value < float("inf"):
            raise UserError(f"{name}={value}; it must be more than 0")
    config = life.run_config()
    if has_display():
        result = show_in_window(partial(begin, config), seconds, speed)
        return print_result(result, Table.of(result), json) or int(bool(result["error"]))
    seconds = CLIP_SECONDS if seconds is None else seconds
    print_message(f"There is no display, so this makes a clip of {seconds:g} seconds of life.")
    made = begin(config)  # before the folder, so that a mistake leaves none behind
    result = make_clip(RunDir.create(config).path, lambda: made, seconds, config.mind_name)
    return print_result(result, Table.of(result), json)


def show_in_window(make: Callable[[], Any], seconds: float | None, speed: float = 1.0) -> dict[str, Any]:
    """Shows a life in the window until it is closed.

    Args:
        make: Makes the world and the mind.
        seconds: Seconds of life to show; None until the window is closed.
        speed: Seconds of life per second of the clock.

    Returns:
        What `viewer.watch` returns; its ``error`` says why the life broke off, if it did.
    """
    import viewer

    result = dict(viewer.watch(make, seconds=seconds, speed=speed))
    if result["error"]:
        print_message(f"housecat: {result['error']}")
    return result


def make_clip(run: Path, make: Callable[[], Any], seconds: float, title: str) -> dict[str, Any]:
    """Makes ``clip.mp4`` in a run folder, and ``summary.png`` where the folder has none.

    Args:
        run: The run folder.
        make: Makes the world and the mind.
        seconds: Seconds of life to film.
        title: Title of the clip.

    Returns:
        The paths of both files.
    """
    import viewer
    from housecat.cli.progress import ProgressBar
    from housecat.core.atomic_write import explain_write_errors

    clip, picture = run / "clip.mp4", run / "summary.png"
    with explain_write_errors(run), ProgressBar("Filming", seconds, "s") as bar:

        def on_moment(moment: Moment) -> None:
            bar(min(seconds, bar.done + moment.time / (moment.step + 1)))  # a mind may have lived before

        drawn = None if picture.exists() else picture
        try:
            viewer.film(make, clip, seconds, title=title, summary_png=drawn, on_moment=on_moment)
        except KeyboardInterrupt:
            if clip.exists():
                print_message(f"Stopped. What was filmed is in {clip}")
            raise
    return {"clip": str(clip), "summary": str(picture)}
