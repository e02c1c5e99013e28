"""Scripted episodes for checks: smooth random actions and pokes, and the difference between two states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from worlds.env import World
from worlds.events import Event, Poke


def random_script(
    world: World, seed: int, steps: int, pokes: int = 20
) -> Iterator[tuple[npt.NDArray[np.float32], list[Event]]]:
    """Yields an action (A,) and the events before it, for each step.

    Args:
        world: The world that the script is for.
        seed: Seed of actions and pokes.
        steps: Number of steps.
        pokes: Steps between two pokes; 0 for none.
    """
    rng = np.random.default_rng(seed)
    action = np.zeros(world.action_space.shape)
    for step in range(steps):
        action = np.clip(0.8 * action + 0.5 * rng.normal(size=action.shape), -1.0, 1.0)
        events: list[Event] = []
        if pokes and step % pokes == pokes - 1 and world.things:
            x, y = rng.uniform(-0.4, 0.4, 2)
            events.append(Poke(world.things[int(rng.integers(len(world.things)))], (float(x), float(y), 0.0)))
        yield action.astype(np.float32), events


def step_with_events(world: World, action: npt.NDArray[np.float32], events: list[Event]) -> list[Event]:
    """Applies events and an action; returns the events that the world took (not everything can be poked)."""
    applied = []
    for event in events:
        try:
            world.apply(event)
        except UserError:
            continue
        applied.append(event)
    world.step(action)
    return applied


def difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Returns the name of the first number in which two states differ, with both values; empty when none does."""
    for name in {**one, **other}:
        if name not in one or name not in other:
            return f"{name} is there only once"
        a, b = np.asarray(one[name]), np.asarray(other[name])
        if a.shape != b.shape:
            return f"{name} has shapes {a.shape} and {b.shape}"
        differ = np.flatnonzero((a != b) & ~((a != a) & (b != b)))
        if len(differ):
            at = int(differ[0])
            index = f"[{', '.join(map(str, np.unravel_index(at, a.shape)))}]" if a.ndim else ""
            return f"{name}{index}: {a.reshape(-1)[at].item()!r} and {b.reshape(-1)[at].item()!r}"
    return ""
