"""The second clock: a slow model of stretches, and its predictions as the first level's goals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind, MindConfig, live
from agent.hierarchy.stretches import begins, draw
from agent.memory import Replay
from usererror import UserError
from worlds import World

TWO = MindConfig(
    hidden=16, ensemble=3, samples=12, elites=4, horizon=5, batch=16, updates=1, babble=20, what=4, capacity=500,
    clocks=2, macro=4, far=3, far_samples=16, objectives={"reach:body.position=1,1": 1.0},
)  # fmt: skip


def remember(episodes: list[int], capacity: int) -> Replay:
    """A memory of episodes of so many steps, in which a moment is told by its episode and its number."""
    memory = Replay({"body": torch.zeros(2)}, 1, (), capacity)
    for episode, steps in enumerate(episodes):
        for step in range(steps):
            now, then = ({"body": torch.tensor([float(episode), float(s)])} for s in (step, step + 1))
            memory.add(now, torch.tensor([float(step)]), then, {})
    return memory


@pytest.mark.parametrize("capacity", [100, 23], ids=["roomy", "overwritten"])
def test_stretches_never_cross_the_end_of_an_episode(capacity: int) -> None:
    memory = remember([3, 9, 12, 2, 7], capacity)
    drawn = draw(memory, 5, 8, torch.Generator().manual_seed(0))
    assert drawn is not None
    assert torch.equal(drawn.before["body"][:, 0], drawn.after["body"][:, 0])
    assert torch.equal(drawn.before["body"][:, 1] + 5, drawn.after["body"][:, 1])
    assert torch.equal(drawn.action[..., 0], drawn.before["body"][:, 1:] + torch.arange(5))


def test_every_stretch_can_be_drawn() -> None:
    assert len(begins(remember([3, 9, 12, 2, 7], 100), 5)) == 5 + 8 + 3
    assert len(begins(remember([3, 4], 100), 5)) == 0


@pytest.fixture(scope="module")
def lived() -> tuple[World, Mind]:
    world = worlds.make("maze", seed=3, film=1, cells=(3, 3))
    mind = Mind.born(world, seed=3, config=TWO)
    mind.second.missed.zero_()  # it believes itself ready: what is tested here is how, not how well
    for _ in live(world, mind, 45):
        pass
    return world, mind


def test_the_first_level_goes_for_the_subgoals(lived: tuple[World, Mind]) -> None:
    world, mind = lived
    mind.second.missed.zero_()
    moment = next(live(world, mind, 1, learn=False))
    assert moment.thought.subgoals is not None
    assert moment.thought.subgoals.shape == (3, 3)
    assert "subgoal" in moment.thought.plans[0].costs
    assert "reach:body.position=1,1" not in moment.thought.plans[0].costs


def test_a_life_goes_on_bit_for_bit_after_saving(lived: tuple[World, Mind], tmp_path: Path) -> None:
    world, mind = lived
    mind.save(tmp_path / "two")
    twin = Mind.load(tmp_path / "two.safetensors")
    place = world.snapshot()
    on = [moment.action for moment in live(world, mind, 9)]
    world.restore(place)
    again = [moment.action for moment in live(world, twin, 9)]
    assert np.array_equal(np.stack(on), np.stack(again))
    for name, value in mind.state_dict().items():
        assert torch.equal(value, twin.state_dict()[name]), name


def test_a_mind_with_two_clocks_owns_no_second_perception(lived: tuple[World, Mind]) -> None:
    _, mind = lived
    assert not [name for name in mind.state_dict() if name.startswith("second.") and "perception" in name]


def test_there_are_no_three_clocks() -> None:
    with pytest.raises(UserError, match="clocks=3"):
        replace(TWO, clocks=3)
