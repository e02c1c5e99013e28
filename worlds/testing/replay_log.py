"""Logs of episodes: actions, events and every number that followed, to be replayed and compared to the bit."""

from __future__ import annotations

import io
import json
import math
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from worlds.env import World
from worlds.events import Event, from_json, to_json
from worlds.options import RENAMED
from worlds.registry import make
from worlds.testing.random_script import step_with_events

FORMAT = 1
MAX_LOGGED = 1000  # numbers of a sense that are logged; of a picture, the first ones
Script = Iterable[tuple[npt.NDArray[np.float32], list[Event]]]


@dataclass(frozen=True)
class Difference:
    """The first difference between two episodes.

    Attributes:
        step: The first control step after which they differ.
        variable: Name of the first number that differs, such as ``"red ball.position.x"``.
        values: Its value in the one and in the other.
    """

    step: int
    variable: str
    values: tuple[Any, Any]

    def __str__(self) -> str:
        return f"step {self.step}: {self.variable} is {self.values[0]!r} and {self.values[1]!r}"


@dataclass
class ReplayLog:
    """An episode that can be replayed.

    Attributes:
        world: Name of the world, or ``file.py:Class``.
        seed: Seed of the layout.
        options: Options that the world was made with.
        actions: Action (A,) of each step.
        events: Events before each step.
        states: Every number after each step, by name (see `state_of`).
        digests: Digest after each step.
        keyframes: Snapshots by the number of steps before them.
    """

    world: str
    seed: int
    options: dict[str, Any] = field(default_factory=dict)
    actions: list[npt.NDArray[np.float32]] = field(default_factory=list)
    events: list[list[Event]] = field(default_factory=list)
    states: list[dict[str, float]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    keyframes: dict[int, bytes] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the log as one compressed .npz file, whole or not at all."""
        names = tuple(dict.fromkeys(name for state in self.states for name in state))
        states = np.array([[state.get(name, np.nan) for name in names] for state in self.states])
        head = {
            "format": FORMAT,
            "world": self.world,
            "seed": self.seed,
            "options": self.options,
            "names": names,
            "events": [[to_json(event) for event in events] for events in self.events],
            "digests": self.digests,
            "keyframes": {step: kept.decode() for step, kept in self.keyframes.items()},
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, head=np.array(json.dumps(head)), actions=self.actions, states=states)
        temporary = Path(path).with_name(f".{Path(path).name}.part")
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ReplayLog:
        """Reads what `save` wrote; runs no code.

        Raises:
            UserError: If the file is no log, is damaged, or has another format.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                head, actions, states = json.loads(str(file["head"])), file["actions"], file["states"]
        except Exception as error:  # zip, zlib, NumPy and JSON each complain in their own way
            raise UserError(f"{path} is no log of an episode, or is damaged: {error}") from error
        if head["format"] != FORMAT:
            raise UserError(f"{path} has format {head['format']}, and this housecat reads format {FORMAT}")
        return cls(
            head["world"],
            head["seed"],
            {RENAMED.get(name, name): value for name, value in head["options"].items()},
            list(actions),
            [[from_json(event) for event in events] for events in head["events"]],
            [dict(zip(head["names"], row, strict=True)) for row in states.tolist()],
            head["digests"],
            {int(step): kept.encode() for step, kept in head["keyframes"].items()},
        )


def record(world: str, seed: int, script: Script, every: int = 1000, states: bool = True, **options: Any) -> ReplayLog:
    """Runs a script and logs the episode.

    Args:
        world: Name of the world, or ``file.py:Class``.
        seed: Seed of the layout.
        script: An action and the events before it, for each step (see `worlds.testing.random_script.random_script`).
        every: Steps between two keyframes.
        states: Whether every number is logged; without them, a difference has its step only.
        **options: Options of the world, as JSON types.
    """
    made, log = make(world, seed=seed, **options), ReplayLog(world, seed, options)
    try:
        for step, (action, events) in enumerate(script):
            if step % every == 0:
                log.keyframes[step] = made.snapshot()
            log.events.append(step_with_events(made, action, events))
            log.actions.append(action)
            log.states.append(state_of(made) if states else {})
            log.digests.append(made.digest())
    finally:
        made.close()
    return log


def replay(log: ReplayLog, start: int = 0, stop: int | None = None) -> Difference | None:
    """Replays a log and compares every number; returns the first difference, or None.

    Args:
        log: The log.
        start: First step: 0, or the step of a keyframe, which is restored into a new world.
        stop: Step to end before; the end of the log when not given.

    Raises:
        UserError: If there is no such keyframe.
    """
    if start and start not in log.keyframes:
        raise UserError(f"there is no keyframe at step {start}; there are {', '.join(map(str, log.keyframes))}")
    world = make(log.world, seed=log.seed, **log.options)
    try:
        if start:
            world.restore(log.keyframes[start])
        for step in range(start, len(log.actions) if stop is None else stop):
            step_with_events(world, log.actions[step], log.events[step])
            if world.digest() != log.digests[step]:
                return first_difference(step, log.states[step], state_of(world))
    finally:
        world.close()
    return None


def compare(one: ReplayLog, other: ReplayLog) -> Difference | None:
    """Returns the first difference between two logs, or None where there is none in the steps that both have."""
    for step in range(min(len(one.digests), len(other.digests))):
        if one.digests[step] != other.digests[step]:
            if not np.array_equal(one.actions[step], other.actions[step]):
                return Difference(step, "action", (one.actions[step].tolist(), other.actions[step].tolist()))
            return first_difference(step, one.states[step], other.states[step])
    return None


def state_of(world: World) -> dict[str, float]:
    """Returns all numbers of a world's state and of its observation, by name."""
    values = world.exact_state()
    own = world._state()
    _flatten("", {name: value for name, value in own.items() if name != "film"}, values)
    chance = world.np_random.bit_generator.state["state"]["state"]  # 128 bits
    values["chance.low"], values["chance.high"] = float(chance % 2**53), float(chance >> 75)
    for name, sense in world.observe().items():
        values |= {f"sense.{name}.{i}": float(v) for i, v in enumerate(sense.reshape(-1)[:MAX_LOGGED])}
    return values


def first_difference(step: int, one: dict[str, float], other: dict[str, float]) -> Difference:
    """Returns the first variable that differs between two states of one step; a missing one counts as nan."""
    for name in {**one, **other} if one and other else ():
        a, b = one.get(name, math.nan), other.get(name, math.nan)
        if a != b and not (math.isnan(a) and math.isnan(b)):
            return Difference(step, name, (a, b))
    return Difference(step, "digest", ("one episode", "another, in what was not logged"))


def _flatten(above: str, tree: Any, into: dict[str, float]) -> None:
    if isinstance(tree, dict):
        for name, value in tree.items():
            _flatten(f"{above}.{name}" if above else name, value, into)
    elif isinstance(tree, list | tuple):
        for i, value in enumerate(tree):
            _flatten(f"{above}.{i}", value, into)
    elif isinstance(tree, bool | int | float):
        into[above] = float(tree)
