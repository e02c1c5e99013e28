"""Curious, embodied agents that learn by playing, and a window to watch them think.

`housecat watch` opens the window on a mind that has played before; `housecat watch --newborn` on one that has not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from housecat.cli.export import export
from housecat.cli.objectives import objectives
from housecat.cli.options import Json, Name, Place, mind_settings, room_options
from housecat.cli.output import film, illustrate, report, say, version, versions, watch_window
from housecat.cli.study import study
from housecat.cli.worlds import worlds
from housecat.core.errors import UserError

# Everything else is imported by the command that needs it: `housecat --help` must not wait for torch.
if TYPE_CHECKING:
    from agent.runs.run_dir import RunConfig

INTERRUPTED = 130  # what a shell expects of a process ended by Ctrl-C
CLIP_SECONDS = 30.0
STEPS = 5000


@dataclass(frozen=True)
class Life:
    """Who lives where, wanting what."""

    world: str = "playroom"
    """Where: see `housecat worlds`. Of a file: my_worlds.py:Attic."""
    mind: Annotated[str, tyro.conf.arg(metavar="NAME|PATH")] = "kitten"
    """Who: a mind that comes with housecat (kitten, or the cat that became of it), or the path of one."""
    newborn: bool = False
    """Begin with a mind that knows nothing."""
    setting: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """How a newborn mind is made, once for each: planner=mppi, horizon=20. See docs/mind.md."""
    objective: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME=WEIGHT")] = ()
    """What it wants besides, and how much; once for each, 0 leaves one out. Of a file: my_drives.py:LovesRed=1."""
    body: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Body: one that `housecat worlds` names for the world; its first when not given."""
    room: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="OPTION=VALUE")] = ()
    """How the world is made, once for each: extras=all, cells=12,12. See `housecat worlds`."""
    pipeline: bool = False
    """Let the mind plan its next step while the body takes this one, on a core of its own. See docs/mind.md."""
    seed: int = 0
    """Lays out the room, and fixes all chances of a newborn."""

    def config(self, steps: int = 1) -> RunConfig:
        """Returns what a run of this life is started with."""
        from agent.runs.run_dir import RunConfig
        from intrinsic import parse_specs

        wanted = {_placed(name): weight for name, weight in parse_specs(self.objective).items()}
        mind, room = None if self.newborn else _placed(self.mind), room_options(self.body, self.room)
        settings = mind_settings(self.newborn, self.setting)
        return RunConfig(_placed(self.world), mind, wanted, self.seed, steps, room, settings, self.pipeline)


def _placed(name: str) -> str:
    """Makes the path in a name absolute, so that a run can be gone on with from another folder."""
    path, colon, thing = name.rpartition(":") if ".py:" in name else (name, "", "")
    return f"{Path(path).resolve()}{colon}{thing}" if Path(path).is_file() else name


HERE = Life()


def watch(life: Life = HERE, *, seconds: float | None = None, speed: float = 1.0, json: Json = False) -> int:
    """Opens the window on a life. Without a display, makes a clip of it.

    Args:
        life: Who lives where, wanting what.
        seconds: Seconds of life; without a display 30, else until the window is closed.
        speed: Seconds of life per second before your eyes.
        json: Print the result as one JSON object.
    """
    from agent.runs.recorded_run import begin
    from agent.runs.run_dir import RunFolder
    from housecat.cli.doctor import has_display

    for name, value in (("seconds", seconds), ("speed", speed)):
        if value is not None and not 0 < value < float("inf"):
            raise UserError(f"{name}={value}; it must be more than 0")
    config = life.config()
    if has_display():
        found = watch_window(partial(begin, config), seconds, speed)
        return report(found, "", json) or int(bool(found["error"]))
    seconds = CLIP_SECONDS if seconds is None else seconds
    say(f"There is no display, so this makes a clip of {seconds:g} seconds of life.")
    made = begin(config)  # before the folder, so that a mistake leaves none behind
    return report(film(RunFolder.create(config).path, lambda: made, seconds, config.who), "", json)


def run(
    life: Life = HERE,
    *,
    steps: int | None = None,
    name: Name = None,
    resume: Place = None,
    clip: bool = False,
    json: Json = False,
) -> int:
    """Lives without a window, and keeps everything in runs/NAME. Ctrl-C stops it after the step at hand.

    Args:
        life: Who lives where, wanting what.
        steps: Control steps (0.2 s of life each) that the run has in the end; 5000 when not given.
        name: Name of the run; the next free number when not given.
        resume: A run that was stopped, to go on exactly as though it never was.
        clip: Make a clip of what it does afterwards, too.
        json: Print the numbers as one JSON object.
    """
    from agent.runs.metrics import summarise
    from agent.runs.recorded_run import RecordedLife, awaken
    from housecat.cli.progress import Bar, Interrupts

    if resume is None:
        recorded = RecordedLife.start(life.config(STEPS if steps is None else steps), name)
    elif name is not None or life != HERE:
        raise UserError("--resume goes on with a run as it is: only --steps, --clip and --json go with it")
    else:
        recorded = RecordedLife.resume(resume, steps)
    folder, moments = recorded.folder, recorded.moments()
    say(f"Recording into {folder.path}")
    with Interrupts() as stop, Bar(folder.path.name, folder.config.steps) as bar:
        for _, recorder in moments:
            skipped = recorded.mind.learner.skips
            told = f", {skipped.total} updates skipped{' (stopped)' * skipped.stopped}" if skipped.total else ""
            bar(recorder.rows, f"{recorder.play.recent:.0%} of steps playing{told}")
            if stop.asked:
                moments.close()
    numbers = {"path": str(folder.path), "interrupted": recorder.rows < folder.config.steps, **summarise(folder)}
    illustrate(folder.path, {**numbers, "versions": versions()})
    if clip and not numbers["interrupted"]:
        numbers |= film(folder.path, partial(awaken, folder.path), CLIP_SECONDS, folder.config.who)
    report(numbers, "", json)
    if numbers["interrupted"]:
        say(f"Stopped after {numbers['steps']} steps. Go on with: housecat run --resume {folder.path}")
        return INTERRUPTED
    return 0


def replay(path: Annotated[Path, tyro.conf.Positional], *, show: bool = False, json: Json = False) -> int:
    """Lives a recorded run again and checks that every sense comes out bit for bit the same.

    Args:
        path: Folder of the run.
        show: Let the mind itself live it again, in the window (without a display: as a clip).
        json: Print what was found as one JSON object.
    """
    from agent.runs.recorded_run import begin
    from agent.runs.run_dir import RunFolder
    from agent.runs.verify import replay as again
    from housecat.cli.doctor import has_display
    from housecat.cli.progress import Bar

    folder = RunFolder(path)
    rows, difference = 0, ""
    with Bar(f"{path.name} again", folder.rows) as bar:
        for row, found_difference in again(folder):
            rows, difference = row + 1, found_difference
            bar(rows)
    found: dict[str, Any] = {"path": str(path), "steps": rows, "same": not difference, "difference": difference}
    if show:
        seconds = float(folder.arrays()["time"][-1] - folder.arrays()["time"][0])
        if has_display():
            found |= watch_window(partial(begin, folder.config), seconds)
        else:
            found |= film(folder.path, partial(begin, folder.config), seconds, folder.config.who)
    verdict = f"step {rows - 1} differs: {difference}" if difference else f"{rows} steps, all the same"
    return report(found, f"{path}: {verdict}", json) or int(bool(difference))


def doctor(*, json: Json = False) -> int:
    """Looks whether this machine can run housecat, and says what to do where not. Status 0 when all needed is there."""
    from dataclasses import asdict

    from housecat.cli.doctor import examine

    checks = examine()
    fine = all(check.mark != "fail" for check in checks)
    found = {"ok": fine, "checks": [asdict(check) for check in checks]}
    return report(found, "\n".join(map(str, checks)), json) or int(not fine)


COMMANDS: dict[str, Callable[..., int]] = {
    "watch": watch,
    "run": run,
    "replay": replay,
    "study": study,
    "worlds": worlds,
    "objectives": objectives,
    "export": export,
    "doctor": doctor,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the status for the shell: 0 done, 2 unusable input, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given == ["--version"]:
        return report({}, f"housecat {version()}", False)
    try:
        status: int = tyro.extras.subcommand_cli_from_dict(
            COMMANDS,
            prog="housecat",
            description=__doc__,
            args=given,
            config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
        )
        return status
    except UserError as error:
        say(f"housecat: {error}")
        return 2
    except KeyboardInterrupt:
        say("housecat: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # such as `housecat objectives | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
