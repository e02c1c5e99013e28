"""Raises the minds that housecat ships: python -m studies.minds. Not a study; `make minds` calls it.

The kitten lives in rooms, one after the other, and sleeps. The cat is what becomes of it: it is moved about in more
rooms, which is soon done since it need not think, and then learns all of its life anew with a wider world model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import tyro
from rich.progress import track

import worlds
from agent import Mind, live
from agent.babble import babbling
from agent.checkpoint import SHIPPED
from agent.life import undergo
from agent.regrown import regrown
from agent.sleep import sleep
from usererror import UserError

ROOMS, MORE = 24, 48  # rooms that the kitten grows up in, and that it is moved about in afterwards
FIRST = 1000  # seed of the first; no study uses them
STEPS = 1000  # control steps in each
LESSONS = {"kitten": 4000, "cat": 24_000}  # of sleep
MOMENTS = {"kitten": 1500, "cat": 1100}  # remembered in the file: what it goes on learning from, small enough to ship
WIDTH = 120  # of the cat's predictor: with what it remembers the file stays under 2 MB
GROWING = Path("runs/growing/kitten.safetensors")
Progress = Callable[[Iterable[object], int, str], Iterable[object]]


def raise_minds(
    folder: Path,
    growing: Path,
    rooms: int = ROOMS,
    more: int = MORE,
    steps: int = STEPS,
    lessons: dict[str, int] = LESSONS,
    progress: Progress | None = None,
) -> None:
    """Lets a newborn grow up, and saves it as a kitten and as a cat.

    Args:
        folder: Where to.
        growing: Where it is kept after each room while it grows up. Where there is such a file it goes on from there,
            to become the same bit for bit.
        rooms: How many it lives in.
        more: How many it is moved about in by smooth noise, after these.
        steps: Control steps in each room.
        lessons: Of sleep at the end, by mind.
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
    folder.mkdir(parents=True, exist_ok=True)

    def rest(mind: Mind, name: str, mirrored: bool) -> None:
        for _ in progress(sleep(mind, lessons[name], mirrored=mirrored), lessons[name], f"the {name} is asleep"):
            pass
        mind.save(folder / name, memory=MOMENTS[name])

    for room in range(mind.steps // steps, rooms + more):
        if room == rooms:
            rest(Mind.load(growing), "kitten", mirrored=False)
        world.reset(seed=FIRST + room)
        mind.begin_episode()
        moves = babbling(mind.actions, steps, FIRST + room)
        lived: Iterable[object] = live(world, mind, steps) if room < rooms else undergo(world, mind, moves)
        for _ in progress(lived, steps, f"{'growing up' if room < rooms else 'moved about'} in room {room + 1}"):
            pass
        mind.save(growing)
    world.reset(seed=FIRST)
    cat = regrown(mind, world, hidden=WIDTH)
    rest(cat, "cat", mirrored=True)
    world.close()
    growing.unlink(missing_ok=True)


def main(
    folder: Path = SHIPPED, growing: Path = GROWING, rooms: int = ROOMS, more: int = MORE, steps: int = STEPS
) -> None:
    """Raises the kitten and the cat, in about an hour and three quarters on one core. Stopped, it goes on where it was.

    Args:
        folder: Where to.
        growing: Where the growing kitten is kept meanwhile; delete it to begin anew.
        rooms: Rooms that it lives in.
        more: Rooms that it is moved about in.
        steps: Control steps in each room.
    """

    def shown(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        return track(it, what, total=length, transient=False)

    raise_minds(folder, growing, rooms, more, steps, progress=shown)
    for name in LESSONS:
        path = folder / f"{name}.safetensors"
        sys.stderr.write(f"{path} ({path.stat().st_size / 1e6:.2f} MB)\n")


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except UserError as error:
        sys.stderr.write(f"minds: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("minds: stopped; the same command goes on where the last room ended\n")
        sys.exit(130)
