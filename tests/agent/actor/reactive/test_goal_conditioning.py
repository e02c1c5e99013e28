"""Goal tokens are read off goals, attended to, and seen from the body."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import worlds
from agent.actor.reactive.goal_conditioning import attend_to_goals, goal_features, goal_tokens
from tests.agent.conftest import reactive_mind
from worlds import World


def test_goal_tokens_are_read_off_goals_and_put_into_attention(world: World) -> None:
    mind = reactive_mind(world)
    mind.attach(world)
    goals = goal_tokens(mind.mixture, 8)
    row = 1 + world.things.index("red ball")
    assert goals[row].tolist() == [1.0, 1.0, 2.0]
    assert float(goals[:, 0].sum()) == 1.0
    attended = attend_to_goals(torch.tensor([[3, 4], [0, 4]]), goals.expand(2, -1, -1))
    assert attended.tolist() == [[3, 0], [0, 4]]
    mind.mixture.set_weight("goal_things_red_ball_position", 0.0)
    assert not goal_tokens(mind.mixture, 8).any()
    assert attend_to_goals(torch.tensor([3, 4]), torch.zeros(9, 3)).tolist() == [3, 4]


def test_goal_tokens_are_seen_from_the_body() -> None:
    """A body that looks along y, and a thing ahead of it that is to go on ahead."""
    world = worlds.make("playroom", seed=1)
    world.reset(seed=1, options={"layout": {"kitten": (0.0, -1.0, np.pi / 2), "red ball": (0.0, 0.0)}})
    mind = reactive_mind(world)
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    row = world.things.index("red ball")
    goals = torch.zeros(1, 2, 3)
    goals[0, 1] = torch.tensor([1.0, 0.0, 1.5])
    latent = mind.perception(senses)[[0, 1 + row]][None]
    ego = mind.world_model.ego_features_of(latent, mind.perception.appearance(senses)[row][None, None])
    seen = goal_features(mind.perception.positions(latent), ego, goals)[0]
    assert not seen[0].any()
    wanted, ahead, aside, *course = seen[1].tolist()[:5]
    assert (wanted, ahead, aside) == pytest.approx((1.0, 1.5, 0.0), abs=0.01)
    assert course == pytest.approx([1.0, 0.0], abs=0.01)
    assert seen[1, 6:].tolist() == pytest.approx([1.0, 0.0], abs=0.02)  # it lies 1 m on, along the way that it is to go
