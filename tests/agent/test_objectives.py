"""The catalogue in a mind's life: learnt, remembered, planned with, named, saved."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import intrinsic
import worlds
from agent import Mind, live
from agent.config import MindConfig
from housecat.core.errors import UserError

SMALL = MindConfig.of(
    {
        "model.hidden_size": 16,
        "planner.samples": 12,
        "planner.elites": 3,
        "planner.horizon": 4,
        "planner.iterations": 1,
        "training.warmup_steps": 4,
        "training.batch_size": 6,
        "training.updates_per_step": 1,
        "model.latent_size": 2,
    }
)
GOAL = "goal:things.red_ball.position=1,2"
APART = {"upright"}  # needs a legged body


@pytest.fixture
def world() -> worlds.World:
    return worlds.make("playroom", seed=1)


def test_every_objective_lives_learns_and_is_planned_with(world: worlds.World) -> None:
    examples = {info.name: info.argument_example for info in intrinsic.describe() if info.name not in APART}
    names = [
        GOAL if example.startswith("things") else f"{name}:{example}" if example else name
        for name, example in examples.items()
    ]
    mind = Mind.born(world, objectives=dict.fromkeys(names, 1.0), seed=1, config=SMALL)
    before = {name: p.detach().clone() for name, p in mind.mixture.named_parameters() if p.requires_grad}
    moments = list(live(world, mind, steps=14))
    assert mind.mixture.muted == {}
    assert {name for name, p in mind.mixture.named_parameters() if p.requires_grad} == set(before)
    still = [name for name, p in mind.mixture.named_parameters() if name in before and torch.equal(before[name], p)]
    assert not still, "parameters that nobody trains"
    last = moments[-1]
    assert last.thought.mode == "plan"
    assert sum(map(abs, last.thought.shares.values())) == pytest.approx(1.0)
    assert set(last.costs) == set(mind.mixture.names)


def test_a_life_with_learning_objectives_goes_on_bit_for_bit_after_saving(world: worlds.World, tmp_path: Path) -> None:
    wanted = {"rnd": 1.0, "e3b": 1.0, "episodic_novelty": 1.0, "skill_diversity": 1.0, "bayesian_surprise": 1.0}
    mind = Mind.born(world, objectives=wanted, seed=1, config=SMALL)
    for _ in live(world, mind, steps=9):
        pass
    mind.save(tmp_path / "half")
    snapshot = world.snapshot()
    first = [moment.costs for moment in live(world, mind, steps=4)]
    world.restore(snapshot)
    second = [moment.costs for moment in live(world, Mind.load(tmp_path / "half.safetensors"), steps=4)]
    assert first == second


def test_a_thing_that_is_not_in_the_world_is_refused_before_the_first_step(world: worlds.World) -> None:
    with pytest.raises(UserError, match="unknown thing 'blue_moon'"):
        Mind.born(world, objectives={"goal:things.blue_moon.position=1,2": 1.0}, seed=1, config=SMALL)
    with pytest.raises(UserError, match="'upright' needs a body that tells which way is up"):
        Mind.born(world, objectives={"upright": 1.0}, seed=1, config=SMALL)


def test_an_objective_given_as_an_object_is_refused_at_birth_and_when_loaded(
    world: worlds.World, tmp_path: Path
) -> None:
    given = {intrinsic.make("effort"): 2.0}
    with pytest.raises(UserError, match=r"by name, so that it can be saved.*path/to/file.py:Effort"):
        Mind.born(world, given, config=SMALL)  # type: ignore[arg-type]
    Mind.born(world, {"effort": 2.0}, config=SMALL).save(tmp_path / "mind")
    with pytest.raises(UserError, match="by name"):
        Mind.load(tmp_path / "mind", given)  # type: ignore[arg-type]
