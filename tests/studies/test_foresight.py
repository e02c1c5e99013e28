from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from studies import foresight


def test_a_score_that_ranks_all_hurt_moments_first_is_perfect_and_noise_is_not() -> None:
    label = np.array([False, False, True, True])
    assert foresight.auroc(np.array([0.1, 0.2, 0.3, 0.4]), label) == 1.0
    assert foresight.auroc(np.array([0.4, 0.1, 0.3, 0.2]), label) == 0.5
    assert foresight.auroc(np.zeros(4), label) == 0.5


def test_plans_are_acted_out_from_the_same_moment_and_leave_the_world_as_it_was() -> None:
    world = worlds.make("playroom", seed=31)
    before = world.observe()
    plan = torch.rand(3, 1, 5) * 2 - 1
    real = foresight.acted_out(world, torch.cat([plan, -plan, plan], 1))
    assert real["body"].shape == (4, 3, len(before["body"]))
    assert torch.equal(real["body"][:, 0], real["body"][:, 2])
    assert not torch.equal(real["body"][-1, 0], real["body"][-1, 1])
    assert all(np.array_equal(before[name], value) for name, value in world.observe().items())
    assert np.array_equal(real["body"][0, 1].numpy(), before["body"])


def test_errors_and_costs_are_those_of_each_plan_and_step() -> None:
    world = worlds.make("playroom", seed=31)
    mind = Mind.born(world, seed=0)
    plans = torch.rand(foresight.HORIZON, 6, 5) * 2 - 1
    real = foresight.acted_out(world, plans)
    planned, true, off, still = foresight.compare(mind, plans, real)
    assert planned.shape == true.shape == (6,)
    assert off.shape == still.shape == (foresight.HORIZON,)
    assert (still > 0).all()
    assert still[-1] > still[0]  # random plans lead away
    assert not np.allclose(planned, true)


@pytest.mark.slow
def test_the_kitten_foresees_better_than_the_untrained_and_than_persistence(tmp_path: Path) -> None:
    result = foresight.run((31, 32), tmp_path, lambda share, words: None, steps=3)
    kitten, [untrained] = result["metrics"], result["controls"].values()
    name = "plans/rank_correlation"
    assert kitten[name]["value"] > untrained[name]["value"] + 0.2
    assert kitten["error/5_over_persistence"]["value"] < 0.7
    assert (tmp_path / "figure.png").stat().st_size > 10_000
