"""Goals lie along paths that the body has been."""

from __future__ import annotations

from typing import cast

import worlds
from agent import MindConfig
from studies.hierarchy import DISTANCE, PLANNING, config_of, draw_attempts
from worlds.rooms.maze import Maze


def test_goals_lie_along_paths_that_the_body_has_been() -> None:
    world = cast(Maze, worlds.make("maze", seed=5, cells=(5, 5), frames_per_step=1))
    doors = sorted(world.layout.doors)
    passed = {*doors[:16], ((0, 0), (4, 4))}  # nobody can have gone from one corner to the other at once
    attempts = draw_attempts(world, passed, seed=1)
    assert attempts == draw_attempts(world, passed, seed=1)
    assert attempts
    visited = {cell for door in doors[:16] for cell in door}
    for start, goal, cells in attempts:
        assert {start, goal} <= visited
        assert DISTANCE[0] <= cells <= DISTANCE[1]
        assert cells >= world.layout.distances(start)[goal]


def test_one_level_imagines_at_least_as_much_per_step_as_two() -> None:
    two, one, far = (config_of(variant, MindConfig()) for variant in PLANNING)
    assert (two.hierarchy.levels, one.hierarchy.levels, far.hierarchy.levels) == (2, 1, 1)
    slow = two.hierarchy.macro_horizon * two.hierarchy.macro_samples * 3 / two.hierarchy.macro_steps
    first = two.planner.samples * two.planner.iterations * two.planner.horizon
    assert one.planner.samples * one.planner.iterations * one.planner.horizon >= first + slow
    assert far.planner.samples * far.planner.iterations * far.planner.horizon >= first + slow
