"""Tasks in the playroom that a mind is given: to reach a place, or to push a toy to one."""

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
from studies.common.play_trace import FIXTURES
from worlds import World

Kind = Literal["reach", "push"]
KINDS: tuple[Kind, ...] = ("reach", "push")
OBJECTIVES = {"reach": "reach:body.position=0,0", "push": "goal:things.red_ball.position=0,0"}
NAMES = {"reach": "reach_body_position", "push": "goal_things_red_ball_position"}  # of the objectives in a mixture
DISTANCE: dict[str, tuple[float, float]] = {"reach": (1.0, 2.5), "push": (0.7, 1.5)}  # from start to goal (m)
REACH = 2.65  # farthest that a goal lies from the middle of the room, along each axis (m)
CLEAR, COOL = 0.35, 0.75  # least distance of a goal to the next thing, and to the middle of the hot plate (m)
DONE = 0.25  # distance to the goal within which a task is done (m)
STEPS = 100  # control steps in which a task is to be done


@dataclass(frozen=True)
class Task:
    """What is to be done, and from where.

    Attributes:
        kind: Reach a place, or push a toy to one.
        snapshot: State of the world where it begins.
        toy: Row of the toy; -1 for the body.
        goal: (2,) the place (m).
    """

    kind: Kind
    snapshot: bytes
    toy: int
    goal: tuple[float, float]

    def distance(self, obs: dict[str, npt.NDArray[np.float32]]) -> float:
        """Returns the distance (m) to the goal."""
        position = obs["body"][BODY.position] if self.kind == "reach" else obs["things"][self.toy, THINGS.position_xy]
        return float(np.hypot(*(position - self.goal)))


def draw_tasks(world: World, kind: Kind, count: int, seed: int) -> list[Task]:
    """Draws tasks, each in a room of its own; none begins where it is done already."""
    rng, found = np.random.default_rng(seed), list[Task]()
    toys = [row for row, name in enumerate(world.things) if name not in FIXTURES]
    while len(found) < count:
        world.reset(seed=int(rng.integers(1 << 30)))
        truth, toy = world.truth(), int(rng.choice(toys))
        places = truth["things.position"][:, :2]
        start = truth["body.position"][:2] if kind == "reach" else places[toy]
        angle, distance = rng.uniform(-np.pi, np.pi), rng.uniform(*DISTANCE[kind])
        goal = start + distance * np.array([np.cos(angle), np.sin(angle)])
        to_things = np.linalg.norm(places - goal, axis=1)
        others = [row for row in range(len(places)) if kind == "reach" or row != toy]
        plate = world.things.index("hot plate")
        if np.abs(goal).max() < REACH and to_things[others].min() > CLEAR and to_things[plate] > COOL:
            row = -1 if kind == "reach" else toy
            found.append(Task(kind, world.snapshot(), row, (float(goal[0]), float(goal[1]))))
    return found


def set_goal(mind: Mind, world: World, task: Task) -> None:
    """Gives a mind that was made with `OBJECTIVES` a task, and no other."""
    for kind, name in NAMES.items():
        mind.mixture.set_weight(name, float(kind == task.kind))
    goal = mind.mixture[NAMES[task.kind]]
    goal.goal.copy_(torch.tensor(task.goal))  # type: ignore[operator]  # a buffer
    if isinstance(goal, Goal):  # by name: rows are looked up whenever a life begins
        goal.path[1] = world.things[task.toy].replace(" ", "_")


def attempt(
    world: World, task: Task, mind: Mind, steps: int = STEPS, on_moment: Callable[[Moment], None] | None = None
) -> bool:
    """Lets a mind attempt a task, its world model learning nothing, and returns whether it was done in time."""
    world.restore(task.snapshot)
    mind.begin_episode()
    set_goal(mind, world, task)
    for moment in live(world, mind, steps, learn=False):
        if on_moment is not None:
            on_moment(moment)
        if task.distance(moment.obs) < DONE:
            return True
    return False


def attempt_open_loop(world: World, task: Task, actions: npt.NDArray[np.float32]) -> bool:
    """Returns whether a task is done by actions (T, A) that were chosen without seeing it."""
    world.restore(task.snapshot)
    return any(task.distance(world.step(action)[0]) < DONE for action in actions)
