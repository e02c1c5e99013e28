"""Tasks are fair, and a mind is given one at a time."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from agent.moment import Moment
from studies.common.tasks import DISTANCE, DONE, KINDS, Kind, attempt, attempt_open_loop, draw_tasks, set_goal
from studies.reflex import untrained_kitten


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_begin_undone_and_come_again(kind: Kind) -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    given = draw_tasks(world, kind, 2, 3)
    again = draw_tasks(world, kind, 2, 3)
    assert [(task.toy, task.goal) for task in given] == [(task.toy, task.goal) for task in again]
    for task in given:
        world.restore(task.snapshot)
        assert DISTANCE[kind][0] - 0.01 <= task.distance(world.observe()) <= DISTANCE[kind][1] + 0.01
        assert DISTANCE[kind][0] > DONE
    assert not any(attempt_open_loop(world, task, np.zeros((30, 5), np.float32)) for task in given)


def test_a_mind_is_given_one_task_at_a_time() -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    mind = untrained_kitten(1)
    mind.attach(world)
    for kind in KINDS:
        [task] = draw_tasks(world, kind, 1, 5)
        set_goal(mind, world, task)
        mind.attach(world)
        assert mind.reactive_actor is not None
        goal = mind.reactive_actor.goal_tokens(8)
        assert goal[:, 0].nonzero().flatten().tolist() == [task.toy + 1]
        assert goal[task.toy + 1, 1:].tolist() == pytest.approx(task.goal)


def test_the_goal_is_about_the_toy_of_the_task_for_the_whole_of_an_attempt() -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    mind = untrained_kitten(1)
    goals = set[tuple[int, ...]]()
    given = draw_tasks(world, "push", 6, 5)
    assert len({task.toy for task in given}) > 1
    for task in given:

        def on_moment(_: Moment) -> None:
            assert mind.reactive_actor is not None
            goals.add((task.toy, *mind.reactive_actor.goal_tokens(8)[1:, 0].nonzero().flatten().tolist()))  # noqa: B023

        attempt(world, task, mind, 2, on_moment)
    assert goals == {(task.toy, task.toy) for task in given}
