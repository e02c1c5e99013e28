import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from housecat.core.obs_layout import THINGS
from studies.common.plan_comparison import HORIZON, PLANS, act_out, compare_plans, random_plans


def test_plans_are_drawn_by_the_generator_alone() -> None:
    plans, again = (random_plans(5, torch.Generator().manual_seed(3)) for _ in range(2))
    assert plans.shape == (HORIZON, PLANS, 5)
    assert torch.equal(plans, again)
    assert plans.abs().max() <= 1.0


def test_plans_are_acted_out_from_the_same_moment_and_leave_the_world_as_it_was() -> None:
    world = worlds.make("playroom", seed=31)
    before = world.observe()
    plan = torch.rand(3, 1, 5) * 2 - 1
    real = act_out(world, torch.cat([plan, -plan, plan], 1))
    assert real["body"].shape == (4, 3, len(before["body"]))
    first, opposite, again = real["body"].unbind(1)
    assert torch.equal(first, again)
    assert not torch.equal(first[-1], opposite[-1])
    assert all(np.array_equal(before[name], value) for name, value in world.observe().items())
    assert np.array_equal(opposite[0].numpy(), before["body"])


def test_what_depends_on_the_plan_alone_is_foreseen_exactly_and_each_plan_keeps_its_place() -> None:
    world = worlds.make("playroom", seed=31)
    mind = Mind.born(world, {"effort": 1.0}, seed=0)
    plans = (torch.rand(HORIZON, 6, 5) * 2 - 1) * torch.linspace(0.1, 1.0, 6).view(1, 6, 1)
    found = compare_plans(mind, plans, act_out(world, plans))
    assert np.allclose(found.imagined_cost, found.true_cost, rtol=1e-4)
    assert (np.diff(found.true_cost) > 0).all()  # the greater the actions, the dearer
    assert found.error.shape == found.persistence_error.shape == (HORIZON,)
    assert (found.persistence_error > 0).all()


def test_a_toy_that_is_pushed_has_moved_in_that_plan_alone() -> None:
    world = worlds.make("playroom", seed=31)
    mind = Mind.born(world, seed=0)
    plans = torch.zeros(HORIZON, 3, 5)
    real = act_out(world, plans)
    real["things"][5:, 1, 0, THINGS.position_xy] += torch.tensor([0.3, 0.4])
    moved = compare_plans(mind, plans, real).true_distance
    assert moved[1] - moved[0] == pytest.approx(0.5, abs=1e-3)
    assert moved[0] == pytest.approx(moved[2], abs=1e-3)
