"""What habits are compiled from outlasts full storage, wider worlds and the disk."""

from __future__ import annotations

import torch

from agent.habits import Habits


def test_habits_outlive_a_full_ring_and_a_wider_world() -> None:
    narrow = {"things": torch.zeros(2, 4), "body": torch.zeros(3)}
    habits = Habits(narrow, 1, capacity=4)
    for i in range(6):
        things = 2 if i < 5 else 3
        habits.add({"things": torch.full((things, 4), float(i)), "body": torch.zeros(3)},
                   torch.zeros(1 + things, 3), torch.tensor([float(i)]), 0.0)  # fmt: skip
    other = Habits(narrow, 1, capacity=4)
    other.load(habits.state(), habits.count)
    for it in (habits, other):
        assert sorted(it.action[:, 0].tolist()) == [2.0, 3.0, 4.0, 5.0]
        assert it.senses["things"].shape == (4, 3, 4)
    assert torch.equal(habits.action, other.action)
    few = Habits(narrow, 1, capacity=4)
    few.load(habits.state(2), habits.count)  # of a mind that was saved small
    drawn = few.sample(30, torch.Generator().manual_seed(0)).action
    assert set(drawn[:, 0].tolist()) == {4.0, 5.0}
