"""Hot reload: an objective's file that is saved while a mind lives takes over at the next step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from agent.mind import Mind
from housecat.core.errors import UserError
from housecat.core.plugins import is_file_spec
from intrinsic import Mixture
from intrinsic.registry import REGISTRY, instantiate, term_name
from worlds import Event, World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reload:
    """Event: a plug-in has a new version. It carries the source, so that a life can be repeated from its events.

    Attributes:
        spec: ``path/to/file.py:ClassName``, as the mind's configuration names it.
        source: What the file holds now.
    """

    spec: str
    source: str

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reload:
        """Reads an event ``reloaded`` back from a log."""
        return cls(data["spec"], data["source"])


class Plugins:
    """Watches the files that a mind's plug-ins came from.

    Args:
        specs: Names of objectives; those that name no file are ignored.
    """

    def __init__(self, specs: Iterable[str]) -> None:
        self._specs = [spec for spec in specs if is_file_spec(spec)]
        self._known = {spec: _read(spec) for spec in self._specs}
        self._stamps = {spec: _stamp(spec) for spec in self._specs}

    def changed(self) -> list[Reload]:
        """Returns the plug-ins whose file was saved with another content since the last call."""
        found = []
        for spec in self._specs:
            stamp = _stamp(spec)
            if stamp == self._stamps[spec]:
                continue
            source = _read(spec)
            if not source.strip():  # an editor is about to write it
                continue
            self._stamps[spec] = stamp
            if source != self._known[spec]:
                self._known[spec] = source
                found.append(Reload(spec, source))
        return found


def _file(spec: str) -> Path:
    return Path(spec.rpartition(":")[0]).expanduser()


def _stamp(spec: str) -> tuple[int, int]:
    try:
        about = _file(spec).stat()
    except OSError:  # some editors save by moving a new file in place of the old
        return (0, 0)
    return about.st_mtime_ns, about.st_size


def _read(spec: str) -> str:
    try:
        return _file(spec).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def watched(mind: Mind, events: Callable[[int], Sequence[Event]]) -> Callable[[int], Sequence[Event | Reload]]:
    """Adds the events that saving a plug-in's file makes to others.

    Args:
        mind: The mind whose objectives are watched.
        events: Returns the other events of a step, by its number.
    """
    plugins = Plugins(mind.config.objectives)
    return lambda step: [*events(step), *plugins.changed()]


def reload(mind: Mind, world: World, event: Reload) -> dict[str, Any]:
    """Replaces an objective of a mind by its new version, or keeps the old one where the new one cannot work.

    Args:
        mind: The mind whose objective is replaced, see `Mind.replace_objective`.
        world: The world that it lives in.
        event: The new version.

    Returns:
        What to log: ``reloaded``, or ``reload failed`` with an ``error``.
    """
    name = term_name(event.spec)
    try:
        with torch.random.fork_rng(devices=[]):  # first weights come from the mind's seed, as at its birth
            torch.manual_seed(mind.seed)
            new = Mixture({instantiate(event.spec, REGISTRY.load_source(event.spec, event.source)): 1.0})
            mind.replace_objective(name, new, world)
    except UserError as error:
        log.warning("objective %r is not reloaded, its old version goes on: %s", name, error)
        return {"event": "reload failed", "objective": name, "error": _brief(str(error), name, _file(event.spec).name)}
    return {"event": "reloaded", "objective": name, **asdict(event)}


def _brief(words: str, name: str, file: str) -> str:
    """Leaves out of an error what whoever has just saved the file knows: there is one line to show it in."""
    for start in (f"cannot import {file}: ", f"objective {name!r}: "):
        words = words.removeprefix(start)
    return words.removesuffix(". Mend the file and try again").removesuffix(". Mend it, or leave it out")
