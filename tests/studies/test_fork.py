import numpy as np
import pytest
import torch

import worlds
from housecat.core.obs_layout import THINGS
from studies import fork


def test_the_energy_score_is_least_where_both_outcomes_are_predicted() -> None:
    left, right, middle = torch.tensor([[-1.0, 0.0]]), torch.tensor([[1.0, 0.0]]), torch.zeros(1, 2)
    truth = right[0]
    assert fork.energy_score(middle, truth) == pytest.approx(1.0)
    assert fork.energy_score(right, truth) == 0.0
    assert fork.energy_score(torch.cat([left, right]), truth) == pytest.approx(0.5)
    assert fork.energy_score(torch.cat([left, left, left, right]), truth) > 0.5


def test_balls_are_seen_falling_and_then_left_or_right() -> None:
    world = worlds.make("fork", seed=31)
    balls = fork.falls(world, np.zeros((65, 5), np.float32))
    assert len(balls) == 3
    for senses, plan in balls:
        x, z = senses["things"][:, 0, THINGS.x], senses["things"][:, 0, THINGS.z]
        assert plan.shape == (fork.AHEAD, 5)
        assert x[0] == 0.0
        assert z[0] > z[1]
        assert abs(float(x[-1])) > fork.ASIDE
        assert (x.diff() * x[-1] >= 0).all()


@pytest.mark.slow
def test_a_mind_of_several_futures_predicts_the_fork_better_than_one_of_one() -> None:
    several, one = fork.predict("fork", seed=31, steps=600, updates=150).values()
    assert several.score.mean() < 0.9 * one.score.mean()
    assert one.spread == 0.0
    assert several.spread > 0.01
