"""Recorded lives of a playing body, senses and pictures, that minds are trained on side by side. Not a study."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

import worlds
from agent.actor.exploration_noise import babbling
from housecat.core.obs_layout import THINGS
from worlds import Poke

Arrays = dict[str, npt.NDArray[Any]]
SENSES = ("body", "touch", "things", "vitals")
MASS = 0.3  # of a toy, about (kg)
CHANGE = 40  # steps after which the body makes for another thing


def record(seed: int, steps: int, senses: tuple[str, ...] = SENSES, pokes: float = 0.0,
           **room: Any) -> Arrays:  # fmt: skip
    """Records a body that goes from thing to thing in the playroom, its head and paw moved by smooth noise.

    It plays as a curious mind does, at a thousandth of the price: random movement alone hardly leaves a corner.

    Args:
        seed: Of the room and of all chances.
        steps: Control steps.
        senses: Recorded, one moment more than there are steps.
        pokes: Share of steps before which a toy in view is poked in a direction of chance, to roll or slide a way.
        **room: Options of the room.

    Returns:
        Each sense (steps + 1, ...), ``action`` (steps, A), and from the truth ``position`` (steps + 1, 2), ``heading``
        (steps + 1,) and ``toys`` (steps + 1, K, 3).
    """
    world = worlds.make("playroom", seed=seed, senses=senses, frames_per_step=1, **room)
    noise, random = babbling(world.action_space.shape[0], steps, seed), np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {name: [] for name in (*senses, "position", "heading", "toys")}
    goal, actions = 0, []

    def note(obs: Arrays) -> None:
        for name, value in obs.items():
            rows[name].append(value.copy())
        truth = world.truth()
        rows["position"].append(truth["body.position"][:2].copy())
        rows["heading"].append(truth["body.heading"])
        rows["toys"].append(truth["things.position"].copy())

    note(world.observe())
    for step in range(steps):
        truth = world.truth()
        if step % CHANGE == 0:
            goal = int(random.integers(len(truth["things.names"])))
        off = truth["things.position"][goal, :2] - truth["body.position"][:2]
        turn = (math.atan2(off[1], off[0]) - truth["body.heading"] + math.pi) % (2 * math.pi) - math.pi
        action = noise[step].copy()
        action[0] = np.clip(0.5 * action[0] + 0.8 * math.cos(turn), -1, 1)
        action[1] = np.clip(action[1] + 1.2 * turn, -1, 1)
        if random.random() < pokes:
            push, way = random.uniform(0.5, 1.5), random.uniform(-math.pi, math.pi)
            toy = int(random.choice(seen)) if len(seen := np.flatnonzero(rows["things"][-1][:6, THINGS.present])) else 0
            world.apply(Poke(world.things[toy], (push * MASS * math.cos(way), push * MASS * math.sin(way), 0.0)))
        note(world.step(action.astype(np.float32))[0])
        actions.append(action)
    world.close()
    return {name: np.stack(values).astype(values[0].dtype if hasattr(values[0], "dtype") else np.float32)
            for name, values in rows.items()} | {"action": np.stack(actions).astype(np.float32)}  # fmt: skip
