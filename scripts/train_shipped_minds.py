"""Trains the minds that housecat ships: python -m scripts.train_shipped_minds, or `make minds`.

The kitten acts and learns in rooms, one after the other, and then learns offline from all it remembers. The cat is what
becomes of it: in more rooms it is moved by smooth noise, in others it is led from thing to thing, which is soon done
since it need not plan. Then wider nets learn everything anew. At last its critic learns alone, from where it was not
led: led to the hot plate again and again, it would come to expect pain wherever pain is possible.
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
from agent.checkpoint.checkpoint import SHIPPED, SUFFIX
from agent.consolidation import train_offline
from agent.loop import replay_actions
from agent.transfer import transfer
from housecat.core.errors import UserError
from studies.common.scripted_policies import leading_policy, random_actions

# Rooms that the kitten acts in, that it is moved in by smooth noise, and that it is led in, one after the other: with
# 1,001 moments of each these are nearly all that a memory of 100,000 holds.
ACTING_ROOMS, RANDOM_ROOMS, LED_ROOMS = 24, 36, 39
FIRST_SEED = 1000  # of the rooms; no study uses these
STEPS = 1000  # control steps in each
UPDATES = {"kitten": 4000, "cat": 12_000, "critic": 24_000}  # offline, of each mind; the critic is the cat's
REPEATS = 2  # of the cat's offline updates: step sizes begin large again
# Remembered in the file: what it goes on learning from, small enough to ship. The cat's are of random rooms, and the
# few that cost most: it has forgotten being led, or its critic would go on to expect too much pain.
MOMENTS = {"kitten": 1500, "cat": 1060}
WIDTH = 120  # of the cat's dynamics model: with what it remembers the file stays under 2 MB
CHECKPOINT = Path("runs/shipped-minds/training.safetensors")
Progress = Callable[[Iterable[object], int, str], Iterable[object]]


def train_minds(
    folder: Path,
    checkpoint: Path,
    acting_rooms: int = ACTING_ROOMS,
    random_rooms: int = RANDOM_ROOMS,
    led_rooms: int = LED_ROOMS,
    steps: int = STEPS,
    updates: Mapping[str, int] = UPDATES,
    progress: Progress | None = None,
) -> None:
    """Trains a newborn, and saves it as a kitten and as a cat.

    Args:
        folder: Folder that the minds are saved to.
        checkpoint: File that keeps the mind after each room. Where it exists, training goes on from there and gives
            the same minds bit for bit, if all other arguments are the same.
        acting_rooms: Rooms that it acts in.
        random_rooms: Rooms that it is moved in by smooth noise, after these.
        led_rooms: Rooms that it is led in from thing to thing, after these.
        steps: Control steps in each room.
        updates: Offline updates at the end of each mind's training, and of the cat's critic alone.
        progress: Wraps what takes long, given its length and what it is.

    Raises:
        UserError: If a number is less than one, if the checkpoint does not go with the other arguments, or if there is
            more to remember than a memory holds.
    """
    given = {"acting_rooms": acting_rooms, "random_rooms": random_rooms, "led_rooms": led_rooms, "steps": steps}
    for name, number in given.items():
        if number < 1:
            raise UserError(f"{name}={number}; give at least 1")
    rooms = acting_rooms + random_rooms + led_rooms
    progress = progress or (lambda items, length, what: items)
    world = worlds.make("playroom", seed=FIRST_SEED, frames_per_step=1)
    mind = Mind.load(checkpoint) if checkpoint.exists() else Mind.born(world, seed=0)
    start, kitten_path = mind.steps // steps, (folder / "kitten").with_suffix(SUFFIX)
    if mind.steps % steps or start > rooms or (start > acting_rooms and not kitten_path.exists()):
        raise UserError(
            f"{checkpoint} was trained for {mind.steps} steps, which does not go with {acting_rooms}, {random_rooms} "
            f"and {led_rooms} rooms of {steps}, or {kitten_path} is gone; delete it to begin anew, or give the numbers "
            "that it was begun with"
        )
    if rooms * (steps + 1) > mind.memory.capacity:
        raise UserError(
            f"{acting_rooms}, {random_rooms} and {led_rooms} rooms of {steps} steps are more than the "
            f"{mind.memory.capacity} moments that a mind can remember; give fewer"
        )
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)

    def run_room(room: int, moments: Iterable[object], what: str) -> None:
        world.reset(seed=FIRST_SEED + room)
        mind.begin_episode()
        for _ in progress(moments, steps, f"room {room + 1} of {rooms}: {what}"):
            pass
        mind.save(checkpoint)

    def run_updates(losses: Iterable[object], length: int, whose: str) -> None:
        for _ in progress(losses, length, f"offline updates of the {whose}"):
            pass

    for room in range(start, acting_rooms):
        run_room(room, live(world, mind, steps), "acting")
    if start <= acting_rooms:
        kitten = Mind.load(checkpoint)
        run_updates(train_offline(kitten, updates["kitten"]), updates["kitten"], "kitten")
        kitten.save(kitten_path, memory=MOMENTS["kitten"])
    for room in range(max(start, acting_rooms), acting_rooms + random_rooms):
        run_room(room, replay_actions(world, mind, random_actions(world, steps, FIRST_SEED + room)), "moved at random")
    for room in range(max(start, acting_rooms + random_rooms), rooms):
        run_room(room, replay_actions(world, mind, leading_policy(world, steps, FIRST_SEED + room)), "led about")
    world.reset(seed=FIRST_SEED)
    cat = transfer(mind, world, WIDTH, neighbor_features=True)
    for _ in range(REPEATS):
        run_updates(train_offline(cat, updates["cat"], symmetric=True), updates["cat"], "cat")
    # Each room leaves its first moment, and one a step.
    cat.memory = cat.memory.truncated((acting_rooms + random_rooms) * (steps + 1))
    learn_critic = partial(cat.trainer.train_critic, cat.memory, cat.generator)
    run_updates(train_offline(cat, updates["critic"], learn_critic, symmetric=True), updates["critic"], "cat's critic")
    cat.save(folder / "cat", memory=MOMENTS["cat"])
    world.close()
    checkpoint.unlink(missing_ok=True)


def main(
    folder: Path = SHIPPED,
    checkpoint: Path = CHECKPOINT,
    acting_rooms: int = ACTING_ROOMS,
    random_rooms: int = RANDOM_ROOMS,
    led_rooms: int = LED_ROOMS,
    steps: int = STEPS,
) -> None:
    """Trains the kitten and the cat, in about two and a half hours on one core.

    Ctrl-C stops it; the same command goes on where the last room ended. Offline updates begin anew.

    Args:
        folder: Folder that the minds are saved to.
        checkpoint: File that keeps the mind meanwhile; delete it to begin anew.
        acting_rooms: Rooms that it acts in.
        random_rooms: Rooms that it is moved in by smooth noise.
        led_rooms: Rooms that it is led in from thing to thing.
        steps: Control steps in each room.
    """

    def show(items: Iterable[object], length: int, what: str) -> Iterable[object]:
        return track(items, what, total=length, transient=False)

    if checkpoint.exists():
        sys.stderr.write(f"Going on from {checkpoint}; delete it to begin anew.\n")
    train_minds(folder, checkpoint, acting_rooms, random_rooms, led_rooms, steps, progress=show)
    for name in MOMENTS:
        path = (folder / name).with_suffix(SUFFIX)
        sys.stderr.write(f"Saved {path} ({path.stat().st_size / 1e6:.2f} MB)\n")


if __name__ == "__main__":
    try:
        tyro.cli(main, prog="python -m scripts.train_shipped_minds", description=main.__doc__)
    except UserError as error:
        sys.stderr.write(f"train_shipped_minds: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. The same command goes on where the last room ended.\n")
        sys.exit(130)
