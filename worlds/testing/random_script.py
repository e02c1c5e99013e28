"""Lives for checks: smooth random actions and pokes from a seed, and what differs between two lives."""

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
    """Yields an action and what is done from outside before it, for each step.

    Args:
        world: For the size of its actions and the names of its things.
        seed: Of both.
        steps: How many.
        pokes: Steps between pokes; 0 for none.
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
    """Lives a step of a script; returns the events that happened (not everything can be poked)."""
    happened = []
    for event in events:
        try:
            world.apply(event)
        except UserError:
            continue
        happened.append(event)
    world.step(action)
    return happened


def difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Names the first number in which two states differ, with both values; empty when none does."""
    for name in {**one, **other}:
        if name not in one or name not in other:
            return f"{name} is there only once"
        a, b = np.asarray(one[name]), np.asarray(other[name])
        if a.shape != b.shape:
            return f"{name} has shapes {a.shape} and {b.shape}"
        differ = np.flatnonzero((a != b) & ~((a != a) & (b != b)))
        if len(differ):
            at = int(differ[0])
            place = f"[{', '.join(map(str, np.unravel_index(at, a.shape)))}]" if a.ndim else ""
            return f"{name}{place}: {a.reshape(-1)[at].item()!r} and {b.reshape(-1)[at].item()!r}"
    return ""
