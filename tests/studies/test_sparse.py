"""The study of sparse rewards, in small."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest

from studies import sparse


def test_the_flag_alone_is_rewarded_and_noted():
    car = sparse.Sparse(gymnasium.make("MountainCarContinuous-v0"))
    car.reset(seed=0)
    rewards, ended = [], False
    while not ended:  # full force in the direction of motion swings the car up
        velocity = car.unwrapped.state[1]
        _, reward, ended, _, _ = car.step(np.array([1.0 if velocity >= 0 else -1.0], np.float32))
        rewards.append(reward)
    assert rewards[-1] == 1.0
    assert not any(rewards[:-1])
    assert car.reached == [len(rewards)]


def test_objectives_that_only_a_body_can_have_are_left_out():
    assert "disagreement" in sparse.objectives()
    assert not {"pain", "hunger", "effort"} & set(sparse.objectives())


def test_differences_are_taken_seed_by_seed_in_the_second_half():
    found = {"alone": [[10, 900], []], "bold": [[600, 700, 800], [501]], "idle": [[], [400]]}
    metrics = sparse.compared(found, steps=1000)
    assert set(metrics) == {"sparse/bold", "sparse/idle"}
    assert metrics["sparse/bold"]["each"] == pytest.approx([40.0, 20.0])
    assert metrics["sparse/bold"]["value"] == pytest.approx(30.0)
    low, high = metrics["sparse/bold"]["ci95"]
    assert (low, high) == pytest.approx((20.0, 40.0))
    assert metrics["sparse/idle"]["each"] == pytest.approx([-20.0, 0.0])


def test_ppo_learns_beside_an_objective_and_alone():
    assert all(sparse.flags(name, seed=0, steps=2048) == [] for name in ("alone", "disagreement"))


@pytest.mark.slow
def test_the_study_compares_and_draws(tmp_path):
    told = []
    result = sparse.run((0, 1), tmp_path, lambda share, words: told.append(share), steps=2048, which=("disagreement",))
    assert (tmp_path / "figure.png").stat().st_size > 5000
    assert told[-1] == 1.0
    assert set(result["metrics"]) == {"sparse/disagreement"}
    assert result["controls"]["alone"]["sparse/flags"]["each"] == [0.0, 0.0]
