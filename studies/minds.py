"""Raises the minds that housecat ships: python -m studies.minds. Not a study; `make minds` calls it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import tyro
from rich.progress import track

import worlds
from agent import Mind, live
from agent.checkpoint import SHIPPED

ROOMS = range(1000, 1004)  # seeds of the rooms it grows up in; no study uses them
STEPS = 1000  # control steps in each
MOMENTS = 1500  # remembered in the file: what it goes on learning from, small enough to ship


def raise_kitten(path: Path, steps: int = STEPS, progress: Callable[[range], range] = lambda it: it) -> Mind:
    """Lets a newborn live in several rooms, one after the other, and saves it.

    Args:
        path: Where to.
        steps: Control steps in each room.
        progress: Wraps the steps of a room, to show how far they are.
    """
    world = worlds.make("playroom", seed=ROOMS[0], film=1)
    mind = Mind.born(world, seed=0)
    for room in ROOMS:
        world.reset(seed=room)
        mind.begin_episode()
        moments = live(world, mind, steps)
        for _ in progress(range(steps)):
            next(moments)
    world.close()
    mind.save(path, memory=MOMENTS)
    return mind


def main(out: Path = SHIPPED / "kitten.safetensors", steps: int = STEPS) -> None:
    """Raises the kitten.

    Args:
        out: The file.
        steps: Control steps in each of its rooms.
    """
    rooms = iter(ROOMS)
    out.parent.mkdir(parents=True, exist_ok=True)

    def shown(it: range) -> range:
        return track(it, f"growing up in room {next(rooms)}", transient=False)  # type: ignore[return-value]

    raise_kitten(out, steps, shown)
    sys.stderr.write(f"{out} ({out.stat().st_size / 1e6:.2f} MB)\n")


if __name__ == "__main__":
    tyro.cli(main)
