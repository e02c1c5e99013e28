"""Layouts of mazes."""

from __future__ import annotations

import numpy as np
import pytest

from worlds.rooms.maze_layout import generate_maze, parse_maze


@pytest.mark.parametrize("cells", [(2, 2), (5, 3), (8, 8), (12, 12)])
def test_every_cell_of_a_carved_maze_can_be_reached_in_one_way(cells: tuple[int, int]) -> None:
    for seed in range(5):
        plan = generate_maze(*cells, np.random.default_rng(seed))
        far = plan.distances(plan.start)
        assert len(far) == cells[0] * cells[1]
        assert len(plan.doors) == len(far) - 1  # a tree: one door fewer than cells
        assert far[plan.goal] == max(far.values())
        assert {plan.start, plan.goal} <= set(plan.dead_ends())


def test_another_seed_gives_another_maze_with_as_many_hedges() -> None:
    one, other = generate_maze(8, 8, np.random.default_rng(0)), generate_maze(8, 8, np.random.default_rng(1))
    assert one.doors != other.doors
    assert len(one.hedges) == len(other.hedges) == 49


def test_a_plan_drawn_is_the_plan_when_read() -> None:
    for seed in range(5):
        plan = generate_maze(2 + seed, 7 - seed, np.random.default_rng(seed))
        assert parse_maze(plan.draw()) == plan
