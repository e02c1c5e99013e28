"""The study of sparse rewards, in small."""

from __future__ import annotations

import json

import gymnasium
import pytest

from housecat.core.errors import UserError
from studies import sparse


def test_differences_are_taken_seed_by_seed():
    def arriving(*steps):
        return [(step, True, []) for step in steps]

    found = {sparse.ALONE: [arriving(10, 900), []], "bold": [arriving(600, 700, 800), arriving(501)], "idle": [[], []]}
    metrics = sparse.compare("car", found, steps=1000)
    assert set(metrics) == {"car/bold", "car/idle"}
    assert metrics["car/bold"]["each"] == pytest.approx([10.0, 10.0])
    assert metrics["car/idle"]["each"] == pytest.approx([-20.0, 0.0])
    low, high = metrics["car/idle"]["ci95"]
    assert (low + high) / 2 == pytest.approx(metrics["car/idle"]["value"]) == pytest.approx(-10.0)


@pytest.mark.parametrize("job", ["car/PPO alone", "car/rnd"])
def test_ppo_learns_beside_an_objective_and_alone(job, monkeypatch):
    from agent.sb3 import intrinsic_reward as sb3

    given, learn = [], sb3.PPO.learn
    monkeypatch.setattr(sb3.PPO, "learn", lambda model, steps, who: given.append(who) or learn(model, steps, who))
    assert sparse.learn(job, seed=7, steps=2048) == []  # 256 steps of each car, in which none arrives
    (reward,) = given
    if job == "car/PPO alone":
        assert reward is None
    else:
        assert isinstance(reward, sb3.IntrinsicReward)


def test_an_unknown_objective_names_the_nearest(tmp_path):
    with pytest.raises(UserError, match="disagreement"):
        sparse.run((7,), tmp_path, lambda share, words: None, objectives=("disagrement",))


@pytest.mark.slow
def test_the_study_compares_and_draws(tmp_path):
    shares = []
    result = sparse.run((7, 8), tmp_path, lambda share, words: shares.append(share), steps=2048, objectives=("rnd",))
    assert (tmp_path / "figure.png").stat().st_size > 5000
    assert shares[-1] == 1.0
    absolute = {"car", "maze", "maze/arrivals"}
    assert set(result["metrics"]) == {"car/rnd", "maze/rnd", *(f"{name} of rnd" for name in absolute)}
    assert set(result["controls"]) == {"PPO alone"}
    assert set(result["controls"]["PPO alone"]) == absolute
    assert all(0.0 < share < 1.0 for share in result["metrics"]["maze of rnd"]["each"])
    assert json.loads(json.dumps(result)) == result
    assert gymnasium.__version__ == result["versions"]["gymnasium"]
