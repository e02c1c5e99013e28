"""The maze."""

from __future__ import annotations

import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from worlds import Place
from worlds.rooms.maze_layout import parse_maze

DRAWING = """
#######
#S  # #
### # #
#    G#
#######
"""


def test_the_body_starts_in_the_start_facing_the_way_out_and_hedges_hold_it() -> None:
    room = worlds.make("maze", seed=2, cells=(5, 5))
    truth = room.truth()
    assert truth["maze.cell"] == room.layout.start
    assert truth["maze.distance"] == room.layout.distances(room.layout.goal)[room.layout.start]
    closed = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    x, y = room.layout.start
    dx, dy = next(d for d in closed if (x + d[0], y + d[1]) not in room.layout.open_neighbors((x, y)))
    room.body.place(*room.cell_center((x, y)), math.atan2(dy, dx))
    for _ in range(8):
        room.step(np.array([1, 0, 0, 0, 1], np.float32))
    assert room.truth()["maze.cell"] == room.layout.start
    assert any(name == "wall" for _, name, _ in room.truth()["contacts"])


def test_on_the_goal_the_maze_is_solved_and_the_body_is_fed() -> None:
    room = worlds.make("maze", seed=3, cells=(4, 4))
    room.apply(worlds.Meal(-0.5))
    room.step(np.zeros(5, np.float32))
    assert not room.truth()["at_goal"]
    room.apply(Place("kitten", room.cell_center(room.layout.goal)))
    info = room.step(np.zeros(5, np.float32))[4]
    assert room.truth()["at_goal"]
    assert room.truth()["maze.distance"] == 0
    assert any(event["event"] == "fed" for event in info["events"])


def test_what_is_put_into_a_maze_lands_in_the_middle_of_a_cell() -> None:
    room = worlds.make("maze", seed=3, cells=(4, 4))
    room.apply(Place("kitten", (0.05, 0.55)))
    np.testing.assert_allclose(room.truth()["body.position"][:2], (0.6, 0.6), atol=1e-6)


def test_a_drawn_maze_is_built_as_drawn_at_every_reset() -> None:
    plan = parse_maze(DRAWING)
    assert (plan.columns, plan.rows, plan.start, plan.goal) == (3, 2, (0, 1), (2, 0))
    assert plan.distances(plan.start)[plan.goal] == 3
    room = worlds.make("maze", seed=0, plan=DRAWING)
    before = room.scene().poses[-len(room.hedges) :].copy()
    room.reset(seed=9)
    np.testing.assert_array_equal(room.scene().poses[-len(room.hedges) :], before)
    assert room.size == pytest.approx((3.6, 2.4))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"plan": "#####\n#S#G#\n#####\n#   #\n#####"}, r"goal in cell \(1, 1\) cannot be reached from .* \(0, 1\)"),
        ({"plan": "#####\n#S G#\n#####"}, "3 lines of 5 characters"),
        ({"plan": "#####\n#S x#\n# # #\n#   #\n#####"}, "'x' in line 2, column 4"),
        ({"plan": "#####\n#S  #\n# # #\n#   #\n#####"}, "0 times 'G'"),
        ({"cells": (1, 5)}, r"cells=\(1, 5\)"),
        ({"cells": (13, 5)}, "from 2 to 12"),
    ],
)
def test_unusable_mazes_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        worlds.make("maze", **options)


def test_a_drawn_maze_is_the_same_in_a_used_world_as_in_a_new_one() -> None:
    used, new = worlds.make("maze", seed=1, plan=DRAWING), worlds.make("maze", seed=1, plan=DRAWING)
    for action in np.random.default_rng(0).uniform(-1, 1, (20, 5)).astype(np.float32):
        used.step(action)
    used.reset(seed=1)
    for action in np.random.default_rng(1).uniform(-1, 1, (20, 5)).astype(np.float32):
        used.step(action), new.step(action)
    assert used.digest() == new.digest()


def test_a_layout_in_a_hedge_is_refused_with_both_places() -> None:
    room = worlds.make("maze", seed=0, plan=DRAWING)
    one, other = room.layout.hedges[0]
    (a, b), (c, d) = room.cell_center(one), room.cell_center(other)
    with pytest.raises(UserError, match="overlaps the hedge at"):
        room.reset(options={"layout": {"kitten": ((a + c) / 2, (b + d) / 2)}})
    room.reset()
    room.step(np.zeros(5, np.float32))
