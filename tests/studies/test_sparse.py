"""The study of sparse rewards, in small."""

from __future__ import annotations

import json

import gymnasium
import numpy as np
import pytest

from housecat.core.errors import UserError
from studies import sparse
from studies.common import sparse_envs as rare


def test_the_flag_alone_is_rewarded_and_noted():
    car = rare.car(0)
    car.reset(seed=0)
    rewards, ended = [], False
    while not ended:  # full force in the direction of motion swings the car up
        velocity = car.unwrapped.state[1]
        _, reward, ended, _, _ = car.step(np.array([1.0 if velocity >= 0 else -1.0], np.float32))
        rewards.append(reward)
    assert rewards[-1] == 10.0
    assert not any(rewards[:-1])
    assert car.ended == [(len(rewards), True, [])]


def test_a_car_sees_its_velocity_as_large_as_its_place():
    assert np.array_equal(rare.car(0).observation_space.high, [1.0, 1.0])


def test_the_maze_is_the_same_in_every_episode_and_tells_what_was_visited():
    maze = rare.maze(5)
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
    assert maze.ended == [(200, False, cells[0]), (400, False, cells[1])]
    maze.reset()
    world.place_body_near(*world.cell_center(world.layout.goal))
    _, reward, arrived, _, _ = maze.step(np.zeros(2, np.float32))
    assert (reward, arrived) == (10.0, True)
    assert maze.ended[-1][:2] == (401, True)
    maze.close()


def test_measures_count_arrivals_and_the_cells_that_late_episodes_visit():
    ended = [(100, True, [3]), (600, False, [3, 7, 8]), (1000, True, [4])]
    assert rare.arrivals(ended, 1000) == pytest.approx(20.0)
    assert rare.visited(ended, 1000) == pytest.approx(2 / 16)
    assert rare.visited([], 1000) == 0.0


def test_differences_are_taken_seed_by_seed():
    def arriving(*steps):
        return [(step, True, []) for step in steps]

    found = {"alone": [arriving(10, 900), []], "bold": [arriving(600, 700, 800), arriving(501)], "idle": [[], []]}
    metrics = sparse.compared("car", found, steps=1000)
    assert set(metrics) == {"car/bold", "car/idle"}
    assert metrics["car/bold"]["each"] == pytest.approx([10.0, 10.0])
    assert metrics["car/idle"]["each"] == pytest.approx([-20.0, 0.0])
    assert metrics["car/idle"]["ci95"] == pytest.approx([-20.0, 0.0])


@pytest.mark.parametrize("job", ["car/alone", "car/rnd"])
def test_ppo_learns_beside_an_objective_and_alone(job, monkeypatch):
    from agent.sb3 import intrinsic_reward as sb3

    given, learn = [], sb3.PPO.learn
    monkeypatch.setattr(sb3.PPO, "learn", lambda model, steps, who: given.append(who) or learn(model, steps, who))
    assert sparse.life(job, seed=7, steps=2048) == []  # 256 steps of each car, in which none arrives
    (curious,) = given
    if job == "car/alone":
        assert curious is None
    else:
        assert isinstance(curious, sb3.IntrinsicReward)


def test_an_unknown_objective_names_the_nearest(tmp_path):
    with pytest.raises(UserError, match="disagreement"):
        sparse.run((7,), tmp_path, lambda share, words: None, which=("disagrement",))


@pytest.mark.slow
def test_the_study_compares_and_draws(tmp_path):
    told = []
    result = sparse.run((7, 8), tmp_path, lambda share, words: told.append(share), steps=2048, which=("rnd",))
    assert (tmp_path / "figure.png").stat().st_size > 5000
    assert told[-1] == 1.0
    assert set(result["metrics"]) == {"car/rnd", "maze/rnd"}
    assert set(result["controls"]) == {
        "car/alone", "car/rnd", "maze/alone", "maze/rnd", "maze/alone/arrivals", "maze/rnd/arrivals",
    }  # fmt: skip
    assert all(0.0 < share < 1.0 for share in result["controls"]["maze/rnd"]["each"])
    assert json.loads(json.dumps(result)) == result
    assert gymnasium.__version__ == result["versions"]["gymnasium"]
