"""The flag and the goal alone are rewarded, and episodes are kept."""

from __future__ import annotations

import numpy as np
import pytest

from studies.common.sparse_envs import arrivals, make_car, make_maze, share_visited


def test_the_flag_alone_is_rewarded_and_kept():
    car = make_car(0)
    car.reset(seed=0)
    rewards, ended = [], False
    while not ended:  # full force in the direction of motion swings the car up
        velocity = car.unwrapped.state[1]
        _, reward, ended, _, _ = car.step(np.array([1.0 if velocity >= 0 else -1.0], np.float32))
        rewards.append(reward)
    assert rewards[-1] == 10.0
    assert not any(rewards[:-1])
    assert car.episodes == [(len(rewards), True, [])]


def test_a_car_observes_its_velocity_as_large_as_its_place():
    assert np.array_equal(make_car(0).observation_space.high, [1.0, 1.0])


def test_the_maze_is_the_same_in_every_episode_and_keeps_what_was_visited():
    maze = make_maze(5)
    world, plans, cells = maze.unwrapped, [], []
    for _ in range(2):
        maze.reset()
        plans.append(world.layout)
        x, y = world.layout.open_neighbors(world.layout.start)[0]
        cells.append([4 * y + x])
        world.place_body_near(*world.cell_center((x, y)))  # a cell away, by hand
        ended = False
        while not ended:
            _, reward, arrived, ended, _ = maze.step(np.zeros(2, np.float32))
            assert (reward, arrived) == (0.0, False)
    assert plans[0] == plans[1]
    assert maze.episodes == [(200, False, cells[0]), (400, False, cells[1])]
    maze.reset()
    world.place_body_near(*world.cell_center(world.layout.goal))
    _, reward, arrived, _, _ = maze.step(np.zeros(2, np.float32))
    assert (reward, arrived) == (10.0, True)
    assert maze.episodes[-1][:2] == (401, True)
    maze.close()


def test_measures_count_arrivals_and_the_cells_that_late_episodes_visit():
    ended = [(100, True, [3]), (600, False, [3, 7, 8]), (1000, True, [4])]
    assert arrivals(ended, 1000) == pytest.approx(20.0)
    assert share_visited(ended, 1000) == pytest.approx(2 / 16)
    assert share_visited([], 1000) == 0.0
