"""Raises the minds that housecat ships: python -m studies.minds. Not a study; `make minds` calls it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import tyro
from rich.progress import track

import worlds
from agent import Mind, live
from agent.checkpoint import SHIPPED
from agent.sleep import sleep
from usererror import UserError

ROOMS = 24  # rooms that it grows up in, one after the other
FIRST = 1000  # seed of the first; no study uses them
STEPS = 1000  # control steps in each
LESSONS = 4000  # of sleep, when it is grown up
MOMENTS = 1500  # remembered in the file: what it goes on learning from, small enough to ship
GROWING = Path("runs/growing/kitten.safetensors")
Progress = Callable[[Iterable[object], int, str], Iterable[object]]


def raise_kitten(
    path: Path,
    growing: Path,
    rooms: int = ROOMS,
    steps: int = STEPS,
    lessons: int = LESSONS,
    progress: Progress | None = None,
) -> Mind:
    """Lets a newborn live in several rooms, one after the other, and sleep, and saves it.

    Args:
        path: Where to.
        growing: Where it is kept after each room while it grows up. Where there is such a file it goes on from there,
            to become the same kitten bit for bit.
        rooms: How many it lives in.
        steps: Control steps in each room.
        lessons: Of sleep at the end.
        progress: Wraps what takes long, given its length and what it is.

    Raises:
        UserError: If what is kept has lived in rooms of another length.
    """
    progress = progress or (lambda it, length, what: it)
    world = worlds.make("playroom", seed=FIRST, film=1)
    mind = Mind.load(growing) if growing.exists() else Mind.born(world, seed=0)
    if mind.steps % steps:
        raise UserError(
            f"{growing} has lived {mind.steps} steps, which are no whole rooms of {steps}; delete it to begin anew, or "
            "give the steps that it was begun with"
        )
    growing.parent.mkdir(parents=True, exist_ok=True)
    for room in range(mind.steps // steps, rooms):
        world.reset(seed=FIRST + room)
        mind.begin_episode()
        for _ in progress(live(world, mind, steps), steps, f"growing up in room {room + 1} of {rooms}"):
            pass
        mind.save(growing)
    world.close()
    for _ in progress(sleep(mind, lessons), lessons, "asleep"):
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    mind.save(path, memory=MOMENTS)
    growing.unlink(missing_ok=True)
    return mind


def main(
    out: Path = SHIPPED / "kitten.safetensors", growing: Path = GROWING, rooms: int = ROOMS, steps: int = STEPS
) -> None:
    """Raises the kitten, in about an hour on one core. Stopped, it goes on where the last room ended.

    Args:
        out: The file.
        growing: Where the growing kitten is kept meanwhile; delete it to begin anew.
        rooms: Rooms that it lives in.
        steps: Control steps in each of its rooms.
    """

    def shown(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        return track(it, what, total=length, transient=False)

    raise_kitten(out, growing, rooms, steps, progress=shown)
    sys.stderr.write(f"{out} ({out.stat().st_size / 1e6:.2f} MB)\n")


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except UserError as error:
        sys.stderr.write(f"minds: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("minds: stopped; the same command goes on where the last room ended\n")
        sys.exit(130)
