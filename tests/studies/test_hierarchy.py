"""The study of two clocks asks only for what was lived."""

from __future__ import annotations

from typing import cast

import worlds
from agent import MindConfig
from studies.hierarchy import AWAY, VARIANTS, config_of, goals
from worlds.rooms.maze import Maze


def test_goals_are_asked_for_that_ways_were_lived_to() -> None:
    world = cast(Maze, worlds.make("maze", seed=5, cells=(5, 5), frames_per_step=1))
    doors = sorted(world.layout.doors)
    went = {*doors[:16], ((0, 0), (4, 4))}  # nobody can have gone from one corner to the other at once
    asked = goals(world, went, seed=1)
    assert asked == goals(world, went, seed=1)
    assert asked
    lived = {cell for door in doors[:16] for cell in door}
    for start, goal, cells in asked:
        assert {start, goal} <= lived
        assert AWAY[0] <= cells <= AWAY[1]
        assert cells >= world.layout.distances(start)[goal]


def test_one_clock_imagines_at_least_as_much_per_step_as_two() -> None:
    two, one, far = (config_of(variant, MindConfig()) for variant in VARIANTS[:3])
    assert (two.clocks, one.clocks, far.clocks) == (2, 1, 1)
    slow = two.far * two.far_samples * 3 / two.macro
    first = two.samples * two.iterations * two.horizon
    assert one.samples * one.iterations * one.horizon >= first + slow
    assert far.samples * far.iterations * far.horizon >= first + slow
