"""New versions of plug-ins in the middle of a life: saving a file is an event like any other."""

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
from intrinsic import Memory, Mixture, Objective
from intrinsic.registry import REGISTRY, instantiate, term_name
from worlds import Event, World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reload:
    """A new version of a plug-in; it carries the source, so that the life can be lived again from its events.

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
    """Looks at the files that a mind's plug-ins came from.

    Args:
        specs: Names of objectives; those of no file are passed over.
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
    """Returns events with those added that saving a plug-in's file makes."""
    plugins = Plugins(mind.config.objectives)
    return lambda step: [*events(step), *plugins.changed()]


def reload(mind: Mind, world: World, event: Reload) -> dict[str, Any]:
    """Lets a mind go on with a new version of a plug-in, or with the old one where the new one cannot work.

    Weight, scale, episodic memory, what was learnt and the state of its optimiser are kept as far as they fit.

    Returns:
        What to log: ``reloaded``, or ``reload failed`` with an ``error``.
    """
    name = term_name(event.spec)
    try:
        with torch.random.fork_rng(devices=[]):  # first weights come from the mind's seed, as at its birth
            torch.manual_seed(mind.seed)
            new = Mixture({instantiate(event.spec, REGISTRY.load_source(event.spec, event.source)): 1.0})
            _try(mind, world, new)
        old = mind.mixture[name]
        mind.mixture.replace_objective(name, new)
    except UserError as error:
        log.warning("objective %r is not reloaded, its old version goes on: %s", name, error)
        return {"event": "reload failed", "objective": name, "error": _brief(str(error), name, _file(event.spec).name)}
    _take_over_learning(mind, old, mind.mixture[name])
    _take_over_memory(mind, name)
    return {"event": "reloaded", "objective": name, **asdict(event)}


def _brief(words: str, name: str, file: str) -> str:
    """Leaves out of an error what whoever has just saved the file knows: there is one line to show it in."""
    for start in (f"cannot import {file}: ", f"objective {name!r}: "):
        words = words.removeprefix(start)
    return words.removesuffix(". Mend the file and try again").removesuffix(". Mend it, or leave it out")


def _try(mind: Mind, world: World, objectives: Mixture) -> None:
    """Tries objectives as those of a newborn are tried, but them alone."""
    whole, mind.mixture = mind.mixture, objectives
    try:
        mind.check_objectives()
        mind.attach(world)
    finally:
        mind.mixture = whole


def _take_over_learning(mind: Mind, old: Objective, new: Objective) -> None:
    learner = mind.trainer
    before = vars(learner).pop("objective_optimizer", None)  # it is made anew when it is next needed
    if before is None or not learner.has_trainable_objectives:
        return
    was = dict(old.named_parameters())
    heirs = {p: was.get(n) for n, p in new.named_parameters()}
    for parameter in learner.objective_optimizer.param_groups[0]["params"]:
        source = heirs.get(parameter, parameter)
        if source is not None and source in before.state and source.shape == parameter.shape:
            learner.objective_optimizer.state[parameter] = before.state[source]


def _take_over_memory(mind: Mind, name: str) -> None:
    fresh, memories = mind.mixture.begin((1,)), mind.actor.memories
    kept = {n: m for n, m in memories.items() if n in fresh and (n != name or _alike(m, fresh[n]))}
    mind.actor.memories = {**fresh, **kept}


def _alike(a: Memory, b: Memory) -> bool:
    """Tells whether two episodic memories have the same structure and shapes."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        return a.shape == b.shape and a.dtype == b.dtype
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_alike(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(_alike, a, b))
    return type(a) is type(b)
