"""The second clock: a slow model of stretches, and its predictions as the first level's goals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind, MindConfig, live
from agent.actor.hierarchy.landmark_graph import LandmarkGraph, select_landmarks
from agent.actor.hierarchy.path_cost import blocked_path_cost, expected_path_cost
from agent.actor.hierarchy.visited_area import VisitedArea
from agent.memory.replay_buffer import ReplayBuffer
from housecat.core.errors import UserError
from worlds import World

TWO = MindConfig.of(
    {
        "model.hidden_size": 16,
        "model.ensemble_size": 3,
        "planner.samples": 12,
        "planner.elites": 4,
        "planner.horizon": 5,
        "training.batch_size": 8,
        "training.updates_per_step": 1,
        "training.warmup_steps": 20,
        "model.latent_size": 4,
        "training.capacity": 500,
        "hierarchy.levels": 2,
        "hierarchy.macro_steps": 3,
        "hierarchy.macro_horizon": 2,
        "hierarchy.macro_samples": 16,
        "objectives": {"reach:body.position=1,1": 1.0},
    }
)


def remember(episodes: list[int], capacity: int) -> ReplayBuffer:
    """A memory of episodes of so many steps, in which a moment is identified by its episode and its number."""
    memory = ReplayBuffer({"body": torch.zeros(2)}, 1, (), capacity)
    for episode, steps in enumerate(episodes):
        for step in range(steps):
            now, then = ({"body": torch.tensor([float(episode), float(s)])} for s in (step, step + 1))
            memory.add(now, torch.tensor([float(step)]), then, {})
    return memory


@pytest.mark.parametrize("capacity", [100, 23], ids=["roomy", "overwritten"])
def test_stretches_never_cross_the_end_of_an_episode(capacity: int) -> None:
    memory = remember([3, 9, 12, 2, 7], capacity)
    drawn = memory.sample_sequences(8, 5, torch.Generator().manual_seed(0))
    assert drawn is not None
    first, last = drawn.senses["body"][0, ...], drawn.senses["body"][-1, ...]
    assert torch.equal(first[:, 0], last[:, 0])
    assert torch.equal(first[:, 1] + 5, last[:, 1])
    assert torch.equal(drawn.action[..., 0], first[:, 1] + torch.arange(5).unsqueeze(1))


def test_every_stretch_can_be_drawn() -> None:
    drawn = remember([3, 9, 12, 2, 7], 100).sample_sequences(1000, 5, torch.Generator().manual_seed(0))
    assert drawn is not None
    assert len(drawn.rows[0].unique()) == 5 + 8 + 3
    assert remember([3, 4], 100).sample_sequences(8, 5, torch.Generator().manual_seed(0)) is None


@pytest.fixture(scope="module")
def lived() -> tuple[World, Mind]:
    world = worlds.make("maze", seed=3, frames_per_step=1, cells=(3, 3))
    mind = Mind.born(world, seed=3, config=TWO)
    for _ in live(world, mind, 30):
        mind.subgoal_planner.squared_error.zero_()  # so that it is ready: what is tested is how it plans, not how well
    return world, mind


def test_the_first_level_goes_for_the_subgoals(lived: tuple[World, Mind]) -> None:
    world, mind = lived
    moment = next(live(world, mind, 1, learn=False))
    assert moment.thought.subgoals is not None
    assert moment.thought.subgoals.shape == (2, 3)
    assert "subgoal" in moment.thought.plans[0].costs
    assert "reach:body.position=1,1" not in moment.thought.plans[0].costs


def test_a_life_goes_on_bit_for_bit_after_saving(lived: tuple[World, Mind], tmp_path: Path) -> None:
    world, mind = lived
    mind.save(tmp_path / "two")
    twin = Mind.load(tmp_path / "two.safetensors")
    place = world.snapshot()
    on = [moment.action for moment in live(world, mind, 6)]
    world.restore(place)
    again = [moment.action for moment in live(world, twin, 6)]
    assert np.array_equal(np.stack(on), np.stack(again))
    assert mind.subgoal_planner.optimizer.state_dict()["state"], "the second level has learnt"
    for name, value in mind.state_dict().items():
        assert torch.equal(value, twin.state_dict()[name]), name


def test_a_mind_with_two_levels_owns_no_second_perception(lived: tuple[World, Mind]) -> None:
    _, mind = lived
    assert not [name for name in mind.state_dict() if name.startswith("subgoal_planner.") and "perception" in name]


def test_there_are_no_three_levels() -> None:
    with pytest.raises(UserError, match=r"hierarchy\.levels=3"):
        TWO.updated({"hierarchy.levels": 3})


def line(start: tuple[float, float], end: tuple[float, float]) -> torch.Tensor:
    """Places every 5 cm or so from one to another."""
    share = torch.linspace(0.0, 1.0, 41).unsqueeze(1)
    return torch.tensor(start) + share * (torch.tensor(end) - torch.tensor(start))


@pytest.fixture
def corridor() -> torch.Tensor:
    """A way that was lived: two metres along, one up, and two back, so that a hedge must lie between."""
    middle = torch.cat([line((0, 0), (2, 0)), line((2, 0), (2, 1)), line((2, 1), (0, 1))])
    return torch.cat([middle + torch.tensor(beside) for beside in ((0.0, 0.0), (0.1, 0.1), (-0.1, -0.1))])


def test_ways_are_believed_in_where_they_were_lived_and_not_through_what_lies_between(corridor: torch.Tensor) -> None:
    visited_area = VisitedArea(corridor, corridor)
    start, along, across = torch.tensor([0.2, 0.0]), torch.tensor([0.9, 0.0]), torch.tensor([0.2, 1.0])
    assert float(visited_area.passability(start, along)) > 0.99
    assert float(visited_area.passability(start, across)) < 0.01
    far = torch.tensor([50.0, -50.0])
    assert float(visited_area.contains(far)) == 0.0


def test_the_slow_critic_leads_around_and_not_to_what_only_looks_near(corridor: torch.Tensor) -> None:
    visited_area = VisitedArea(corridor, corridor)
    places = corridor[select_landmarks(corridor)]
    goal = torch.tensor([0.0, 1.0])
    landmarks = LandmarkGraph.build(places, (places - goal).norm(dim=-1), 0.3, visited_area)
    beside, bend = torch.tensor([[0.0, 0.0]]), torch.tensor([[2.0, 0.5]])  # 1 m from the goal, and 2.1 m
    values = [float(landmarks(place, (place - goal).norm(dim=-1))) for place in (beside, bend)]
    assert values[1] < values[0]
    # Staying would cost 100, the way there costs what it costs once.
    assert values[0] < 40.0


def test_what_plans_cost_counts_a_doubtful_step_as_waiting_before_it() -> None:
    cost = torch.tensor([[2.0, 2.0], [1.0, 1.0]])
    sure, doubtful = expected_path_cost(cost, torch.tensor([[1.0, 0.1]]), torch.zeros(2)).tolist()
    assert sure == pytest.approx(1.0)
    assert doubtful > 2.0 * 10


def test_paths_stop_where_they_leave_lived_ground(corridor: torch.Tensor) -> None:
    visited_area = VisitedArea(corridor, corridor)
    through = torch.tensor([[0.2, 0.0], [0.2, 0.3], [0.2, 0.6], [0.2, 1.0]]).unsqueeze(1)
    along = torch.tensor([[0.2, 0.0], [0.4, 0.0], [0.6, 0.0], [0.8, 0.0]]).unsqueeze(1)
    cost = torch.tensor([3.0, 2.0, 1.0, 0.0]).unsqueeze(1)
    assert blocked_path_cost(cost, along, visited_area)[:, 0].tolist() == pytest.approx([2.0, 1.0, 0.0])
    assert float(blocked_path_cost(cost, through, visited_area).sum()) > 8.5
