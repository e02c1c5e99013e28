"""Tasks in the playroom that a mind is set: to reach a place, or to push a toy to one. Not a study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from agent import Mind, live
from agent.moment import Moment
from housecat.core.obs_layout import BODY, THINGS
from intrinsic.goals.goal import Goal
from worlds import World

Kind = Literal["reach", "push"]
KINDS: tuple[Kind, ...] = ("reach", "push")
GOALS = {"reach": "reach:body.position=0,0", "push": "goal:things.red_ball.position=0,0"}
NAMES = {"reach": "reach_body_position", "push": "goal_things_red_ball_position"}
FAR: dict[str, tuple[float, float]] = {"reach": (1.0, 2.5), "push": (0.7, 1.5)}  # metres from start to goal
ROOM = 2.65  # metres: a goal lies not nearer to the walls
CLEAR, COOL = 0.35, 0.75  # metres to the next thing, and to the middle of the hot plate
THERE = 0.25  # metres within which it is done
STEPS = 100  # control steps that there are for it
UNTOYS = ("hot plate", "feeder")


@dataclass(frozen=True)
class Task:
    """What is to be done, and from where.

    Attributes:
        kind: Reach a place, or push a toy to one.
        snapshot: Of the world where it begins.
        toy: Row of the toy; -1 for the body.
        goal: (2,) the place (m).
    """

    kind: Kind
    snapshot: bytes
    toy: int
    goal: tuple[float, float]

    def off(self, obs: dict[str, npt.NDArray[np.float32]]) -> float:
        """Returns how far (m) it is from done."""
        at = obs["body"][BODY.position] if self.kind == "reach" else obs["things"][self.toy, THINGS.position_xy]
        return float(np.hypot(*(at - self.goal)))


def tasks(world: World, kind: Kind, count: int, seed: int) -> list[Task]:
    """Draws tasks, each in a room of its own; none begins where it is done already."""
    random, found = np.random.default_rng(seed), list[Task]()
    toys = [row for row, name in enumerate(world.things) if name not in UNTOYS]
    while len(found) < count:
        world.reset(seed=int(random.integers(1 << 30)))
        truth, toy = world.truth(), int(random.choice(toys))
        places = truth["things.position"][:, :2]
        start = truth["body.position"][:2] if kind == "reach" else places[toy]
        angle, far = random.uniform(-np.pi, np.pi), random.uniform(*FAR[kind])
        goal = start + far * np.array([np.cos(angle), np.sin(angle)])
        away = np.linalg.norm(places - goal, axis=1)
        others = [row for row in range(len(places)) if kind == "reach" or row != toy]
        plate = world.things.index("hot plate")
        if np.abs(goal).max() < ROOM and away[others].min() > CLEAR and away[plate] > COOL:
            row = -1 if kind == "reach" else toy
            found.append(Task(kind, world.snapshot(), row, (float(goal[0]), float(goal[1]))))
    return found


def set_goal(mind: Mind, world: World, task: Task) -> None:
    """Makes a mind, which was made with `GOALS`, want a task done, and no other."""
    for kind, name in NAMES.items():
        mind.mixture.set_weight(name, float(kind == task.kind))
    goal = mind.mixture[NAMES[task.kind]]
    goal.goal.copy_(torch.tensor(task.goal))  # type: ignore[operator]  # a buffer
    if isinstance(goal, Goal):  # by name: rows are looked up whenever a life begins
        goal.path[1] = world.things[task.toy].replace(" ", "_")


def attempt(
    world: World, task: Task, mind: Mind, steps: int = STEPS, each: Callable[[Moment], None] | None = None
) -> bool:
    """Lets a mind try a task without learning a model of what it does, and tells whether it was done in time."""
    world.restore(task.snapshot)
    mind.begin_episode()
    set_goal(mind, world, task)
    for moment in live(world, mind, steps, learn=False):
        if each is not None:
            each(moment)
        if task.off(moment.obs) < THERE:
            return True
    return False


def blind(world: World, task: Task, actions: npt.NDArray[np.float32]) -> bool:
    """Tells whether a task is done by actions (T, A) that were there before it."""
    world.restore(task.snapshot)
    return any(task.off(world.step(action)[0]) < THERE for action in actions)
