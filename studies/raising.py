"""Raises the minds that housecat ships: python -m studies.raising. Not a study; `make minds` calls it.

The kitten lives in rooms, one after the other, and sleeps. The cat is what becomes of it: it is moved about in more
rooms, which is soon done since it need not think, and then learns all of its life anew with a wider world model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import tyro
from rich.progress import track

import worlds
from agent import Mind, live
from agent.babble import babbling
from agent.checkpoint import SHIPPED, SUFFIX
from agent.life import undergo
from agent.regrow import regrow
from agent.sleep import sleep
from usererror import UserError

ROOMS, MOVED = 24, 48  # rooms that the kitten grows up in, and that it is moved about in afterwards
FIRST = 1000  # seed of the first; no study uses them
STEPS = 1000  # control steps in each
LESSONS = {"kitten": 4000, "cat": 24_000}  # of sleep
# Remembered in the file: what it goes on learning from, small enough to ship. The cat's are of being moved about,
# beside the few that cost most.
MOMENTS = {"kitten": 1500, "cat": 1100}
WIDTH = 120  # of the cat's predictor: with what it remembers the file stays under 2 MB
GROWING = Path("runs/growing/growing.safetensors")
Progress = Callable[[Iterable[object], int, str], Iterable[object]]


def raise_minds(
    folder: Path,
    growing: Path,
    rooms: int = ROOMS,
    moved: int = MOVED,
    steps: int = STEPS,
    lessons: Mapping[str, int] = LESSONS,
    progress: Progress | None = None,
) -> None:
    """Lets a newborn grow up, and saves it as a kitten and as a cat.

    Args:
        folder: Where to.
        growing: Where it is kept after each room while it grows up. Where there is such a file it goes on from there,
            to become the same bit for bit.
        rooms: How many it lives in.
        moved: How many it is moved about in by smooth noise, after these.
        steps: Control steps in each room.
        lessons: Of sleep at the end, by mind.
        progress: Wraps what takes long, given its length and what it is.

    Raises:
        UserError: If a number is less than one, or what is kept has lived in rooms of another length or in more, or is
            past the kitten, which is not there.
    """
    for name, number in (("rooms", rooms), ("moved", moved), ("steps", steps)):
        if number < 1:
            raise UserError(f"{name}={number}; it takes at least 1")
    progress = progress or (lambda it, length, what: it)
    world = worlds.make("playroom", seed=FIRST, film=1)
    mind = Mind.load(growing) if growing.exists() else Mind.born(world, seed=0)
    room, kitten = mind.steps // steps, (folder / "kitten").with_suffix(SUFFIX)
    if mind.steps % steps or room > rooms + moved or (room > rooms and not kitten.exists()):
        raise UserError(
            f"{growing} has lived {mind.steps} steps, which does not go with {rooms} and {moved} rooms of {steps}, or "
            f"{kitten} is gone; delete it to begin anew, or give the numbers that it was begun with"
        )
    growing.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)

    def live_in(room: int, lived: Iterable[object], what: str) -> None:
        world.reset(seed=FIRST + room)
        mind.begin_episode()
        for _ in progress(lived, steps, f"{what} in room {room + 1} of {rooms + moved}"):
            pass
        mind.save(growing)

    def rest(mind: Mind, name: str, mirrored: bool) -> None:
        for _ in progress(sleep(mind, lessons[name], mirrored=mirrored), lessons[name], f"the {name} is asleep"):
            pass
        mind.save(folder / name, memory=MOMENTS[name])

    for here in range(room, rooms):
        live_in(here, live(world, mind, steps), "growing up")
    if room <= rooms:
        rest(Mind.load(growing), "kitten", mirrored=False)
    for here in range(max(room, rooms), rooms + moved):
        live_in(here, undergo(world, mind, babbling(mind.actions, steps, FIRST + here)), "moved about")
    world.reset(seed=FIRST)
    rest(regrow(mind, world, WIDTH), "cat", mirrored=True)
    world.close()
    growing.unlink(missing_ok=True)


def main(
    folder: Path = SHIPPED, growing: Path = GROWING, rooms: int = ROOMS, moved: int = MOVED, steps: int = STEPS
) -> None:
    """Raises the kitten and the cat, in about two hours on one core.

    Stopped, it goes on where the last room ended; sleep begins anew.

    Args:
        folder: Where to.
        growing: Where the growing mind is kept meanwhile; delete it to begin anew.
        rooms: Rooms that it lives in.
        moved: Rooms that it is moved about in.
        steps: Control steps in each room.
    """

    def shown(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        return track(it, what, total=length, transient=False)

    raise_minds(folder, growing, rooms, moved, steps, progress=shown)
    for name in LESSONS:
        path = (folder / name).with_suffix(SUFFIX)
        sys.stderr.write(f"{path} ({path.stat().st_size / 1e6:.2f} MB)\n")


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except UserError as error:
        sys.stderr.write(f"raising: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("raising: stopped; the same command goes on where the last room ended\n")
        sys.exit(130)
