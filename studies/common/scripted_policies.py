"""Policies that follow a script: smooth noise, standing still, and going from thing to thing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from agent.actor.exploration_noise import exploration_noise
from worlds import World

STAY = 50, 110  # control steps for one thing, from and to
FREE = 5, 20  # control steps of noise alone once the thing is reached, from and to
NEAR = 0.45  # distance from the thing's middle at which it is reached (m)
DRIVE, TURN = 0.9, 1.5  # drive on the way; turn per radian of heading error
FACING = 0.8  # heading error within which it drives, and does not turn alone (rad)
NOISE = 0.3, 0.5  # share of the noise in drive and turn on the way

Actions = npt.NDArray[np.float32]


def random_actions(world: World, steps: int, seed: int) -> Actions:
    """Returns smooth noise, (steps, A), each -1 to 1: how a newborn mind begins, and the control of many studies."""
    return exploration_noise(world.action_space.shape[0], steps, seed)


def still_actions(world: World, steps: int) -> Actions:
    """Returns actions (steps, A) that do nothing."""
    return np.zeros((steps, *world.action_space.shape), np.float32)


def leading_policy(world: World, steps: int, seed: int) -> Iterator[Actions]:
    """Leads a kitten to one thing after the other, beside which it moves by smooth noise.

    Moved by noise alone it seldom meets a thing, and the consequences of contact are what is hardest to learn. Toys
    alone would not do: a kitten that had never been led to the feeder imagined that it could pass into it.

    Args:
        world: A world with a kitten and things, whose ground truth is read before each action.
        steps: Number of actions, T.
        seed: Seed of the noise, and of the choice of things.

    Yields:
        T actions (A,), each -1 to 1.
    """
    rng = np.random.default_rng(seed)
    thing = stay = free = 0
    for action in random_actions(world, steps, seed):
        if stay == 0:
            thing, stay, free = int(rng.integers(len(world.things))), int(rng.integers(*STAY)), 0
        stay -= 1
        truth = world.truth()
        offset = truth["things.position"][thing, :2] - truth["body.position"][:2]
        if free > 0:
            free -= 1
        elif np.hypot(*offset) < NEAR:
            free = int(rng.integers(*FREE))
        else:
            heading = float(truth["body.heading"])
            error = (np.arctan2(offset[1], offset[0]) - heading + np.pi) % (2 * np.pi) - np.pi
            drive = DRIVE if abs(error) < FACING else 0.0
            guided = drive + NOISE[0] * action[0], TURN * error + NOISE[1] * action[1]
            action[:2] = np.clip(guided, -1.0, 1.0)
        yield action
