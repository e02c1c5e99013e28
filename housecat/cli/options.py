"""Options that several commands take."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from housecat.core.errors import UserError, unknown_name

if TYPE_CHECKING:
    from agent.runs.run_dir import RunConfig

INTERRUPTED = 130  # the status that a shell expects of a process ended by Ctrl-C
RESERVED_WORLD_OPTIONS = (
    "flat",
    "render_mode",
    "frames_per_step",
)  # `housecat watch` and `housecat run` set these themselves

JsonFlag = Annotated[bool, tyro.conf.arg(help="Print the result as one JSON object.")]


def _optional(kind: Callable[[str], Any], noun: str, metavar: str) -> tyro.constructors.PrimitiveConstructorSpec[Any]:
    """Returns how tyro reads an option that may be left out: without offering the word None as a value.

    Args:
        kind: Reads a value; raises ValueError where it cannot.
        noun: What a value is, for the message.
        metavar: Stands for a value in the help.
    """

    def read(words: list[str]) -> Any:
        try:
            return kind(words[0])
        except ValueError as error:
            raise ValueError(f"{words[0]!r} is not {noun}") from error

    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=read,
        is_instance=lambda value: True,
        str_from_instance=lambda value: [str(value)],
    )


NO_HINT = tyro.conf.arg(help_behavior_hint="")  # instead of "(default: None)"
IntOption = Annotated[int | None, _optional(int, "a whole number", "INT"), NO_HINT]
FloatOption = Annotated[float | None, _optional(float, "a number", "FLOAT"), NO_HINT]
NameOption = Annotated[str | None, _optional(str, "a name", "NAME"), NO_HINT]
PathOption = Annotated[Path | None, _optional(Path, "a path", "PATH"), NO_HINT]


@dataclass(frozen=True)
class LifeOptions:
    """Who lives where, wanting what."""

    world: Annotated[str | None, _optional(str, "a name", "NAME|FILE.py:CLASS"), NO_HINT] = None
    """Where: see `housecat worlds`. Of a file: my_worlds.py:Attic. When not given: the playroom, or where the run was
    whose mind it is."""
    mind: Annotated[str, tyro.conf.arg(metavar="NAME|PATH")] = "kitten"
    """Who: a mind that comes with housecat (kitten, or the cat that became of it), the file of one, or the folder of a
    run, for its newest mind."""
    newborn: bool = False
    """Begin with a mind that knows nothing."""
    settings: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(name="set", metavar="GROUP.NAME=VALUE")
    ] = ()
    """How a newborn mind is made, once for each: planner.kind=mppi, planner.horizon=20. See `housecat settings`."""
    objective: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="NAME=WEIGHT")] = ()
    """What it wants besides, and how much; once for each, 0 leaves one out. Of a file: my_drives.py:LovesRed=1."""
    body: NameOption = None
    """Body: one that `housecat worlds` names for the world; its first when not given."""
    world_option: Annotated[tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="OPTION=VALUE")] = ()
    """How the world is made, once for each: extras=all, cells=12,12. See `housecat worlds`."""
    async_planning: bool = False
    """Let the mind plan its next step while the body takes this one, on a core of its own."""
    seed: int = 0
    """Lays out the room, and fixes all chances of a newborn."""

    def run_config(self, steps: int = 1) -> RunConfig:
        """Returns what a run of this life is started with.

        Args:
            steps: Control steps that the run is to have.

        Raises:
            UserError: If an option has no value, is given twice, or does not go with another.
        """
        from agent.runs.run_dir import RunConfig
        from intrinsic import parse_specs

        weights = {_with_absolute_path(name): weight for name, weight in parse_specs(self.objective).items()}
        options = world_options(self.body, self.world_option)
        settings = mind_settings(self.newborn, self.settings)
        mind, run = (None, None) if self.newborn else _find_mind(self.mind)
        if self.world is not None:
            world = _with_absolute_path(self.world)
        elif run is not None:
            world, options = run.world, run.world_options | options
        else:
            world = RunConfig.world
        return RunConfig(world, mind, weights, self.seed, steps, options, settings, self.async_planning)


DEFAULT_LIFE = LifeOptions()


def _find_mind(name: str) -> tuple[str, RunConfig | None]:
    """Returns the name or path of a mind, and the configuration of the run that it is from, if it is from one.

    Args:
        name: Name of a shipped mind, path of a mind's file, or path of a run's folder.

    Raises:
        UserError: If the path is a folder without a mind.
    """
    from agent.checkpoint.checkpoint import shipped
    from agent.runs.run_dir import RunDir

    path = Path(name)
    if name in shipped() or not path.is_dir():
        return _with_absolute_path(name), None
    if not (path / "config.toml").is_file():
        held = sorted(entry.name for entry in path.iterdir())
        listed = ", ".join(held[:10]) + (", ..." if len(held) > 10 else "") if held else "nothing"
        raise UserError(
            f"--mind {name}: this folder is no run, it holds {listed}. Name a run's folder, such as runs/first, the "
            f"file of a mind, or one of {', '.join(shipped())}"
        )
    folder = RunDir(path)
    return str(folder.latest_mind().resolve()), folder.config


def _with_absolute_path(name: str) -> str:
    """Makes the path in a name absolute, so that a run can be gone on with from another folder."""
    path, colon, thing = name.rpartition(":") if ".py:" in name else (name, "", "")
    return f"{Path(path).resolve()}{colon}{thing}" if Path(path).is_file() else name


def world_options(body: str | None, given: Sequence[str]) -> dict[str, Any]:
    """Returns the options that a world is made with.

    Args:
        body: Value of `--body`, if given.
        given: Each ``OPTION=VALUE`` that `--world-option` was given.

    Raises:
        UserError: If one has no value, is given twice, or has an option of its own.
    """
    found: dict[str, Any] = {} if body is None else {"body": body}
    return found | _parse_pairs("--world-option", "extras=all", given, ("body", "seed"), RESERVED_WORLD_OPTIONS)


def mind_settings(newborn: bool, given: Sequence[str]) -> dict[str, Any]:
    """Returns the settings that a newborn mind is made with, where other than the defaults.

    Args:
        newborn: Value of `--newborn`.
        given: Each ``GROUP.NAME=VALUE`` that `--set` was given.

    Raises:
        UserError: If one has no value, is given twice, or has an option of its own; or if the mind is no newborn.
    """
    from agent.checkpoint.migrations import RENAMED_SETTINGS
    from agent.config import settings

    found = _parse_pairs("--set", "planner.kind=mppi", given, ("objective", "objectives", "seed"))
    for name in found:
        if name in RENAMED_SETTINGS:
            raise UserError(f"--set {name}: this setting is now {RENAMED_SETTINGS[name]}")
        if name not in settings():
            raise unknown_name("setting of a mind", name, settings(), "See `housecat settings`.")
    if found and not newborn:
        raise UserError(f"--set {given[0]}: a mind that has lived keeps its settings; add --newborn for a new one")
    return found


def _parse_pairs(
    flag: str, example: str, given: Sequence[str], own_option: Sequence[str], reserved: Sequence[str] = ()
) -> dict[str, Any]:
    """Reads each NAME=VALUE: ``true`` or ``false``, a number, a word, or several of them with commas between.

    Args:
        flag: The option that was given these, for messages.
        example: A pair that could stand there, for messages.
        given: The pairs.
        own_option: Names that have an option of their own.
        reserved: Names that the command line cannot set.
    """
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise UserError(f"{flag} {text!r}: give a name and its value, such as {flag} {example}")
        if name in own_option:
            option = "objective" if name == "objectives" else name
            raise UserError(f"{flag} {text!r}: that has an option of its own, --{option} {value or name.upper()}")
        if name in reserved:
            raise UserError(f"{flag} {text!r}: that is for programs, not for a life that is watched or recorded")
        if name in found:
            raise UserError(f"{flag} {name} is given twice: {found[name]!r} and {value!r}")
        parts = [_parse_value(part) for part in value.split(",") if part or "," not in value]
        found[name] = parts if "," in value else parts[0]
    return found


def _parse_value(text: str) -> bool | float | str:
    """Reads ``true`` or ``false``, a finite number, or else a word."""
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            found = number(text)
        except ValueError:
            continue
        if math.isfinite(found):
            return found
    return text
