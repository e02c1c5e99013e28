"""Raises the minds that housecat ships: python -m scripts.train_shipped_minds. Not a study; `make minds` calls it.

The kitten lives in rooms, one after the other, and sleeps. The cat is what becomes of it: it is moved about in more
rooms and led from thing to thing in others, which is soon done since it need not think, and then learns all of its
life anew with a wider world model. At last its critic learns alone, from where it was not led: led to the hot plate
again and again, it would come to expect pain wherever pain is possible.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import tyro
from rich.progress import track

import worlds
from agent import Mind, live
from agent.actor.exploration_noise import babbling
from agent.checkpoint.checkpoint import SHIPPED, SUFFIX
from agent.consolidation import sleep
from agent.loop import undergo
from agent.transfer import regrow
from housecat.core.errors import UserError
from studies.common.scripted_policies import leading_policy

# Rooms that the kitten grows up in, and that it is moved, then led about in afterwards: with 1,001 moments of each
# these are nearly all that a memory of 100,000 holds.
ROOMS, MOVED, LED = 24, 36, 39
FIRST = 1000  # seed of the first; no study uses them
STEPS = 1000  # control steps in each
LESSONS = {"kitten": 4000, "cat": 12_000, "critic": 24_000}  # of a sleep of each; the critic is the cat's
SLEEPS = 2  # of the cat: as it wakes from one it takes large steps again
# Remembered in the file: what it goes on learning from, small enough to ship. The cat's are of being moved about,
# beside the few that cost most: it has forgotten being led, or its critic would go on to expect too much pain.
MOMENTS = {"kitten": 1500, "cat": 1060}
WIDTH = 120  # of the cat's predictor: with what it remembers the file stays under 2 MB
GROWING = Path("runs/growing/growing.safetensors")
Progress = Callable[[Iterable[object], int, str], Iterable[object]]


def raise_minds(
    folder: Path,
    growing: Path,
    rooms: int = ROOMS,
    moved: int = MOVED,
    led: int = LED,
    steps: int = STEPS,
    lessons: Mapping[str, int] = LESSONS,
    progress: Progress | None = None,
) -> None:
    """Lets a newborn grow up, and saves it as a kitten and as a cat.

    Args:
        folder: Where to.
        growing: Where it is kept after each room while it grows up. Where there is such a file it goes on from there,
            to become the same bit for bit, given the same numbers.
        rooms: How many it lives in.
        moved: How many it is moved about in by smooth noise, after these.
        led: How many it is led about in, after these.
        steps: Control steps in each room.
        lessons: Of a sleep at the end, by mind, and of the cat's critic alone.
        progress: Wraps what takes long, given its length and what it is.

    Raises:
        UserError: If a number is less than one, what is kept has lived in rooms of another length or in more, or is
            past the kitten, which is not there, or there is more to remember than a memory holds.
    """
    for name, number in (("rooms", rooms), ("moved", moved), ("led", led), ("steps", steps)):
        if number < 1:
            raise UserError(f"{name}={number}; it takes at least 1")
    all_ = rooms + moved + led
    progress = progress or (lambda it, length, what: it)
    world = worlds.make("playroom", seed=FIRST, frames_per_step=1)
    mind = Mind.load(growing) if growing.exists() else Mind.born(world, seed=0)
    room, kitten = mind.steps // steps, (folder / "kitten").with_suffix(SUFFIX)
    if mind.steps % steps or room > all_ or (room > rooms and not kitten.exists()):
        raise UserError(
            f"{growing} has lived {mind.steps} steps, which does not go with {rooms}, {moved} and {led} rooms of "
            f"{steps}, or {kitten} is gone; delete it to begin anew, or give the numbers that it was begun with"
        )
    if all_ * (steps + 1) > mind.memory.capacity:
        raise UserError(
            f"{rooms}, {moved} and {led} rooms of {steps} steps are more than the {mind.memory.capacity} moments that "
            "it can remember; give fewer"
        )
    growing.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)

    def live_in(room: int, lived: Iterable[object], what: str) -> None:
        world.reset(seed=FIRST + room)
        mind.begin_episode()
        for _ in progress(lived, steps, f"{what} in room {room + 1} of {all_}"):
            pass
        mind.save(growing)

    def rest(asleep: Iterable[object], length: int, whose: str) -> None:
        for _ in progress(asleep, length, f"{whose} is asleep"):
            pass

    for here in range(room, rooms):
        live_in(here, live(world, mind, steps), "growing up")
    if room <= rooms:
        young = Mind.load(growing)
        rest(sleep(young, lessons["kitten"]), lessons["kitten"], "the kitten")
        young.save(kitten, memory=MOMENTS["kitten"])
    for here in range(max(room, rooms), rooms + moved):
        live_in(here, undergo(world, mind, babbling(mind.actions, steps, FIRST + here)), "moved about")
    for here in range(max(room, rooms + moved), all_):
        live_in(here, undergo(world, mind, leading_policy(world, steps, FIRST + here)), "led about")
    world.reset(seed=FIRST)
    cat = regrow(mind, world, WIDTH, beside=True)
    for _ in range(SLEEPS):
        rest(sleep(cat, lessons["cat"], mirrored=True), lessons["cat"], "the cat")
    cat.memory = cat.memory.oldest((rooms + moved) * (steps + 1))  # each room leaves its first moment, and one a step
    fear = partial(cat.learner.learn_fear, cat.memory, cat.generator)
    rest(sleep(cat, lessons["critic"], fear, mirrored=True), lessons["critic"], "the cat's critic")
    cat.save(folder / "cat", memory=MOMENTS["cat"])
    world.close()
    growing.unlink(missing_ok=True)


def main(
    folder: Path = SHIPPED,
    growing: Path = GROWING,
    rooms: int = ROOMS,
    moved: int = MOVED,
    led: int = LED,
    steps: int = STEPS,
) -> None:
    """Raises the kitten and the cat, in about two and a half hours on one core.

    Stopped, it goes on where the last room ended; sleep begins anew.

    Args:
        folder: Where to.
        growing: Where the growing mind is kept meanwhile; delete it to begin anew.
        rooms: Rooms that it lives in.
        moved: Rooms that it is moved about in.
        led: Rooms that it is led about in.
        steps: Control steps in each room.
    """

    def shown(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        return track(it, what, total=length, transient=False)

    raise_minds(folder, growing, rooms, moved, led, steps, progress=shown)
    for name in MOMENTS:
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
