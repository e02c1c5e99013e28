"""Recordings of a playing body, and minds trained on them: several minds learn from the very same experience."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

import worlds
from agent import Mind, MindConfig
from agent.perception.encoder import Senses
from housecat.core.obs_layout import THINGS
from studies.common.probes import TRAINED
from studies.common.scripted_policies import random_actions
from worlds import Poke

Recording = dict[str, npt.NDArray[Any]]
SENSES = ("body", "touch", "things", "vitals")
TOYS = 6  # the first things of the playroom
TOY_MASS = 0.3  # about (kg)
CHANGE = 40  # control steps after which the body makes for another thing
DRIVE, TURN = 0.8, 1.2  # drive towards the thing; turn per radian of heading error
NOISE = 0.5  # share of the noise in the drive


def record_play(
    seed: int, steps: int, senses: tuple[str, ...] = SENSES, poke_chance: float = 0.0, **options: Any
) -> Recording:
    """Records a body that goes from thing to thing in the playroom, its head and paw moved by smooth noise.

    It meets things as often as a curious mind does, at a thousandth of the price: random movement alone hardly leaves
    a corner.

    Args:
        seed: Seed of the room and of all chances.
        steps: Control steps, T.
        senses: Senses to record.
        poke_chance: Share of steps before which a toy in view is poked in a random direction, to roll or slide away.
        **options: Options of the room.

    Returns:
        Each sense (T + 1, ...), ``action`` (T, A), and of the ground truth ``position`` (T + 1, 2), ``heading`` (T +
        1,) and ``toys`` (T + 1, K, 3).
    """
    world = worlds.make("playroom", seed=seed, senses=senses, frames_per_step=1, **options)
    noise, rng = random_actions(world, steps, seed), np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {name: [] for name in (*senses, "position", "heading", "toys")}
    target, actions = 0, []

    def keep(obs: Recording) -> None:
        for name, value in obs.items():
            rows[name].append(value.copy())
        truth = world.truth()
        rows["position"].append(truth["body.position"][:2].copy())
        rows["heading"].append(truth["body.heading"])
        rows["toys"].append(truth["things.position"].copy())

    keep(world.observe())
    for step in range(steps):
        truth = world.truth()
        if step % CHANGE == 0:
            target = int(rng.integers(len(truth["things.names"])))
        offset = truth["things.position"][target, :2] - truth["body.position"][:2]
        error = (math.atan2(offset[1], offset[0]) - truth["body.heading"] + math.pi) % (2 * math.pi) - math.pi
        action = noise[step].copy()
        action[0] = np.clip(NOISE * action[0] + DRIVE * math.cos(error), -1, 1)
        action[1] = np.clip(action[1] + TURN * error, -1, 1)
        if rng.random() < poke_chance:
            speed, angle = rng.uniform(0.5, 1.5), rng.uniform(-math.pi, math.pi)
            in_view = np.flatnonzero(rows["things"][-1][:TOYS, THINGS.present])
            toy = int(rng.choice(in_view)) if len(in_view) else 0
            impulse = (speed * TOY_MASS * math.cos(angle), speed * TOY_MASS * math.sin(angle), 0.0)
            world.apply(Poke(world.things[toy], impulse))
        keep(world.step(action.astype(np.float32))[0])
        actions.append(action)
    world.close()
    recording = {
        name: np.stack(values).astype(values[0].dtype if hasattr(values[0], "dtype") else np.float32)
        for name, values in rows.items()
    }
    return recording | {"action": np.stack(actions).astype(np.float32)}


def train_on(recording: Recording, seed: int, settings: dict[str, Any], updates: int, **options: Any) -> Mind:
    """Returns a newborn mind that remembers the first part (`TRAINED`) of a recording, and has learnt from it.

    Args:
        recording: What `record_play` returned.
        seed: Seed of the mind.
        settings: Settings of the mind, where other than the defaults.
        updates: Control steps' worth of learning.
        **options: Options of the room that was recorded.
    """
    config = MindConfig.of(settings)
    world = worlds.make("playroom", seed=seed, frames_per_step=1, **options)
    mind = Mind.born(world, seed=seed, config=config)
    world.close()
    names = [name for name, shape in mind.shapes.items() if name in recording and 0 not in shape]
    rest = {name: torch.zeros(shape) for name, shape in mind.shapes.items() if name not in names}
    moments: list[Senses] = []
    for t in range(int(TRAINED * len(recording["action"])) + 1):
        moments.append(rest | {name: torch.from_numpy(recording[name][t]) for name in names})
    for before, after, action in zip(moments, moments[1:], torch.from_numpy(recording["action"]), strict=False):
        mind.perception.update_statistics(before, after)
        mind.memory.add(before, action, after, {})
    for _ in range(updates):
        mind.learn()
    return mind
