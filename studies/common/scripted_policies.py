"""Leads a kitten from thing to thing, as one who plays with it would. Not a study."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from agent.actor.exploration_noise import babbling
from worlds import World

STAY = 50, 110  # control steps, about, for one thing
FREE = 5, 20  # control steps, about, that it moves as it likes once it is there; then it is led back if it has gone
NEAR = 0.45  # metres from the thing's middle
DRIVE, TURN = 0.9, 1.5  # drive on the way; turn per radian that it heads aside
FACING = 0.8  # radians aside within which it drives, and does not turn alone
NOISE = 0.3, 0.5  # of the noise, while it is led


def leading(world: World, steps: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
    """Leads a kitten to one thing after the other, beside which it moves by smooth noise.

    Moved by noise alone it seldom meets a thing, and what comes of meeting is what is hardest to learn. Toys alone
    would not do: a kitten that had never been led to the feeder imagined that it could pass into it.

    Args:
        world: With a kitten and things; it is asked for the truth before each action.
        steps: How many, T.
        seed: Of the noise, and of which things.

    Yields:
        T actions (A,), each -1 to 1.
    """
    chance = np.random.default_rng(seed)
    thing = stay = free = 0
    for action in babbling(world.action_space.shape[0], steps, seed):
        if stay == 0:
            thing, stay, free = int(chance.integers(len(world.things))), int(chance.integers(*STAY)), 0
        stay -= 1
        truth = world.truth()
        way = truth["things.position"][thing, :2] - truth["body.position"][:2]
        if free > 0:
            free -= 1
        elif np.hypot(*way) < NEAR:
            free = int(chance.integers(*FREE))
        else:
            aside = (np.arctan2(way[1], way[0]) - float(truth["body.heading"]) + np.pi) % (2 * np.pi) - np.pi
            drive = DRIVE if abs(aside) < FACING else 0.0
            guided = drive + NOISE[0] * action[0], TURN * aside + NOISE[1] * action[1]
            action[:2] = np.clip(guided, -1.0, 1.0)
        yield action
