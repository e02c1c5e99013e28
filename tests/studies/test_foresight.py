from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from housecat.core.obs_layout import BODY, THINGS
from studies import foresight


def test_plans_are_acted_out_from_the_same_moment_and_leave_the_world_as_it_was() -> None:
    world = worlds.make("playroom", seed=31)
    before = world.observe()
    plan = torch.rand(3, 1, 5) * 2 - 1
    real = foresight.acted_out(world, torch.cat([plan, -plan, plan], 1))
    assert real["body"].shape == (4, 3, len(before["body"]))
    assert torch.equal(real["body"][:, BODY.x], real["body"][:, BODY.sin_heading])
    assert not torch.equal(real["body"][-1, BODY.x], real["body"][-1, BODY.y])
    assert all(np.array_equal(before[name], value) for name, value in world.observe().items())
    assert np.array_equal(real["body"][0, BODY.y].numpy(), before["body"])


def test_what_depends_on_the_plan_alone_is_foreseen_exactly_and_each_plan_keeps_its_place() -> None:
    world = worlds.make("playroom", seed=31)
    mind = Mind.born(world, {"effort": 1.0}, seed=0)
    plans = (torch.rand(foresight.HORIZON, 6, 5) * 2 - 1) * torch.linspace(0.1, 1.0, 6).view(1, 6, 1)
    it = foresight.compare(mind, plans, foresight.acted_out(world, plans))
    assert np.allclose(it.planned, it.true, rtol=1e-4)
    assert (np.diff(it.true) > 0).all()  # the greater the actions, the dearer
    assert it.off.shape == it.still.shape == (foresight.HORIZON,)
    assert (it.still > 0).all()


def test_a_toy_that_is_pushed_has_moved_in_that_plan_alone() -> None:
    world = worlds.make("playroom", seed=31)
    mind = Mind.born(world, seed=0)
    plans = torch.zeros(foresight.HORIZON, 3, 5)
    real = foresight.acted_out(world, plans)
    real["things"][5:, 1, 0, THINGS.position_xy] += torch.tensor([0.3, 0.4])
    moved = foresight.compare(mind, plans, real).moved
    assert moved[1] - moved[0] == pytest.approx(0.5, abs=1e-3)
    assert moved[0] == pytest.approx(moved[2], abs=1e-3)


@pytest.mark.slow
def test_shipped_minds_foresee_better_than_the_untrained_and_than_persistence(tmp_path: Path) -> None:
    result = foresight.run((31, 32), tmp_path, lambda share, words: None, steps=3)
    minds, [untrained] = result["metrics"], result["controls"].values()
    for mind in foresight.MINDS:
        for name in (f"{mind}/plans/cost", f"{mind}/plans/toys"):
            assert minds[name]["value"] > untrained[name]["value"] + 0.2
        assert minds[f"{mind}/error/5_over_persistence"]["value"] < 0.7
    assert (tmp_path / "figure.png").stat().st_size > 10_000
