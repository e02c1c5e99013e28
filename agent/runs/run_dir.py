"""A run on disk: where it is, what it was started with, and reading back what it holds."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

import worlds
from agent.checkpoint.migrations import RENAMED_MODES, settings_of_format_2
from housecat.core.atomic_write import Arrays, explain_write_errors, write_arrays, write_text
from housecat.core.errors import UserError, unknown_name
from housecat.core.plugins import is_file_spec
from worlds import World
from worlds.options import RENAMED as RENAMED_OPTIONS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RENAMED_KEYS = {"room": "world_options", "pipeline": "async_planning"}  # of config.toml, before housecat 0.2.0


@dataclass(frozen=True)
class RunConfig:
    """What a recorded life was started with; enough to live it again.

    Attributes:
        world: Name of the world.
        mind: Name or path of the mind that was loaded, or None for a newborn.
        objectives: Weight by objective, where other than the mind's own.
        seed: Of the world's layout and of the mind.
        steps: Control steps that the run is to have in the end.
        world_options: Options that the world is made with, such as its body: numbers, words, truth values and lists.
        settings: Of a newborn's `MindConfig`, where other than the defaults.
        async_planning: Whether the mind, also one that has lived, plans its next step while the body takes this one.
    """

    world: str = "playroom"
    mind: str | None = None
    objectives: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    steps: int = 5000
    world_options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    async_planning: bool = False

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise UserError(f"steps={self.steps}; a run has at least 1 step")
        if not 0 <= self.seed < 2**63:
            raise UserError(f"seed={self.seed}; a seed is a whole number from 0 to 2**63 - 1")
        if self.settings and self.mind is not None:
            raise UserError(f"settings={self.settings}: a mind that has lived, such as {self.mind!r}, keeps its own")

    def make_world(self) -> World:
        """Makes the world that the run begins in.

        Raises:
            UserError: If there is no such world, or an option does not fit.
        """
        return worlds.make(self.world, seed=self.seed, **self.world_options)

    @property
    def mind_name(self) -> str:
        """Name of the mind for people: of a shipped mind, its file, or the run that it is a checkpoint of."""
        if self.mind is None:
            return "newborn"
        path = Path(self.mind)
        return path.parents[2].name if path.parent.parent.name == "checkpoints" else path.stem

    @property
    def world_name(self) -> str:
        """Name of the world for people, fit for the name of a folder."""
        return self.world.rpartition(":")[2].lower() if is_file_spec(self.world) else self.world

    def to_toml(self) -> str:
        """Returns the configuration as TOML, which `from_toml` reads back."""
        return tomli_w.dumps({key: value for key, value in asdict(self).items() if value is not None})

    @classmethod
    def from_toml(cls, text: str) -> RunConfig:
        """Reads a configuration that `to_toml` wrote, also of a housecat before 0.2.0.

        Raises:
            TypeError: If a key is not known.
            ValueError: If the text is not TOML.
        """
        values = {RENAMED_KEYS.get(key, key): value for key, value in tomllib.loads(text).items()}
        options = {RENAMED_OPTIONS.get(name, name): value for name, value in values.get("world_options", {}).items()}
        settings = settings_of_format_2(values.get("settings", {}))
        return cls(**{**values, "world_options": options, "settings": settings})


class RunDir:
    """One folder ``runs/<name>/``.

    ``config.toml`` (see `RunConfig`), ``moments/*.npz`` (one file a flush, named by its first row),
    ``events.jsonl``, ``checkpoints/<steps>/``, TensorBoard's event files, ``summary.json``, ``summary.png``,
    ``clip.mp4``, ``report.html``.

    Raises:
        UserError: If there is no run at `path`.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not (self.path / "config.toml").is_file():
            siblings = self.path.parent.glob("*/config.toml") if self.path.parent.is_dir() else ()
            known = [str(config.parent) for config in siblings]
            remedy = "A run is a folder with a config.toml; `housecat run` makes one."
            raise unknown_name("run", str(path), known, remedy) if known else UserError(f"no run at {path}. {remedy}")

    @classmethod
    def create(cls, config: RunConfig, name: str | None = None, parent: str | os.PathLike[str] = "runs") -> RunDir:
        """Makes the folder of a new run.

        Args:
            config: What the run is started with.
            name: Name of the folder; None for the next free number.
            parent: Where runs are kept.

        Raises:
            UserError: If the name is taken or unfit, or the folder cannot be written to.
        """
        root = Path(parent)
        if name is not None and not NAME.fullmatch(name):
            raise UserError(f"name={name!r}; a run's name has letters, digits, '.', '_' and '-' only, and no folders")
        stem = f"{config.world_name}-{config.mind_name}"
        with explain_write_errors(root):
            root.mkdir(parents=True, exist_ok=True)
            numbered = (root / f"{stem}-{i:03d}" for i in range(1, 100_000))
            for path in (root / name,) if name else numbered:
                try:
                    path.mkdir()  # the only test for a free name that two processes cannot both pass
                    break
                except FileExistsError:
                    continue
            else:
                raise UserError(
                    f"the name {name!r} is taken: {root / str(name)} exists. Go on with it by "
                    f"`housecat run --resume {root / str(name)}`, or give another --name."
                )
            for inner in ("moments", "checkpoints"):
                (path / inner).mkdir()
            write_text(path / "config.toml", config.to_toml())
        return cls(path)

    @property
    def config(self) -> RunConfig:
        """What the run was started with.

        Raises:
            UserError: If ``config.toml`` is not what `create` writes.
        """
        path = self.path / "config.toml"
        try:
            return RunConfig.from_toml(path.read_text(encoding="utf-8"))
        except (TypeError, ValueError) as error:
            raise UserError(f"{path} cannot be read: {error}") from error

    def reach(self, steps: int) -> RunConfig:
        """Sets the number of steps that the run is to have in the end.

        Raises:
            UserError: If it has as many already.
        """
        config, checkpoints = replace(self.config, steps=steps), self.checkpoints()
        if checkpoints and checkpoints[-1][0] >= steps:
            raise UserError(f"{self.path} has {checkpoints[-1][0]} steps already; give more --steps to go on with it")
        write_text(self.path / "config.toml", config.to_toml())
        return config

    def latest_mind(self) -> Path:
        """Returns the path of the mind in the newest checkpoint, without its suffix.

        Raises:
            UserError: If the run has no checkpoint.
        """
        if checkpoints := self.checkpoints():
            return checkpoints[-1][1] / "mind"
        held = ", ".join(sorted(path.name for path in self.path.iterdir() if not path.name.startswith(".")))
        raise UserError(
            f"{self.path} has no mind yet: no checkpoint among {held}. `housecat run --resume {self.path}` goes on "
            "with the run, and keeps a mind when it stops"
        )

    def shards(self) -> list[tuple[int, Path]]:
        """Returns the first row and the path of each file of moments, in order."""
        return sorted((int(path.stem), path) for path in (self.path / "moments").glob("[0-9]*.npz"))

    @property
    def rows(self) -> int:
        """Number of moments recorded."""
        if not (shards := self.shards()):
            return 0
        first, path = shards[-1]
        return first + sum(1 for _ in _rows(path))

    def checkpoints(self) -> list[tuple[int, Path]]:
        """Returns the number of steps lived and the path of each checkpoint, in order."""
        return sorted((int(path.name), path) for path in (self.path / "checkpoints").glob("[0-9]*"))

    def arrays(self) -> Arrays:
        """Returns all that was recorded, by name, time first.

        ``step``, ``time``, ``action``, ``surprise``, ``mode``, ``horizon``, ``attention`` (padded with -1),
        ``plan`` (cost of the chosen plan), and per name ``obs.*``, ``costs.*``, ``emotions.*``, ``weights.*``,
        ``anticipated.*``, ``losses.*`` and ``seconds.*``; nan where a step had no such number.
        """
        return stack([row for _, path in self.shards() for row in _rows(path)])

    def events(self) -> Iterator[dict[str, Any]]:
        """Yields what happened, each with its ``row`` and ``step``."""
        path = self.path / "events.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for number, line in enumerate(lines):
            try:
                yield json.loads(line)
            except ValueError as error:
                if number < len(lines) - 1:  # a torn last line is what a power cut leaves behind
                    raise UserError(f"{path}, line {number + 1} is damaged: {error}") from error

    def cut(self, rows: int) -> None:
        """Forgets all rows from the given one on, so that recording can go on from there."""
        for first, path in self.shards():
            lived = list(_rows(path))
            kept = lived[: max(0, rows - first)]
            if not kept:
                path.unlink()
            elif len(kept) < len(lived):
                write_arrays(path, stack(kept))
        events = self.path / "events.jsonl"
        text = "".join(json.dumps(event) + "\n" for event in self.events() if event["row"] < rows)
        if events.exists() and events.read_text(encoding="utf-8") != text:
            write_text(events, text)


def load_run(path: str | os.PathLike[str]) -> Arrays:
    """Returns all that a run recorded, by name, time first (see `RunDir.arrays`)."""
    return RunDir(path).arrays()


def stack(rows: list[dict[str, Any]]) -> Arrays:
    """Stacks rows that may lack some names; a missing number is nan."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: np.stack([np.asarray(row.get(name, np.float32("nan"))) for row in rows]) for name in names}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    if "mode" in arrays:
        arrays["mode"] = np.array([RENAMED_MODES.get(mode, mode) for mode in arrays["mode"].tolist()])
    for i in range(len(arrays["step"])):
        yield {name: array[i] for name, array in arrays.items()}
