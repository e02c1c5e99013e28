"""Goals: where a named thing should be."""

from __future__ import annotations

import pytest

import intrinsic
from housecat.core.errors import UserError
from intrinsic import Mixture, Names


def test_a_goal_names_a_thing_and_costs_its_distance_and_the_way_to_it(room, names):
    goal = intrinsic.make("goal:things.red_ball.position=1,2")
    goal.bind_names(names)
    assert goal.cost(room(ball=(1.0, 2.0), body=(1.0, 2.0))) == pytest.approx(0.0, abs=1e-5)
    assert goal.cost(room(ball=(1.0, 2.0), body=(1.0, 1.0))) == pytest.approx(0.2, abs=1e-4)
    assert goal.cost(room(ball=(4.0, 2.0), body=(4.0, 2.0))) == pytest.approx(3.0)


def test_the_order_of_things_is_the_hosts(room):
    goal = intrinsic.make("goal:things.red_ball.position=1,2")
    goal.bind_names(Names(("box", "red ball")))
    view = room(ball=(9.0, 9.0), body=(0.0, 0.0))
    assert goal.cost(view) == pytest.approx(5.0**0.5, rel=1e-5)


def test_a_thing_that_is_not_there_is_refused_with_the_nearest_name(names):
    mixture = Mixture.parse(["goal:things.red_bal.position=1,2"])
    with pytest.raises(UserError, match=r"unknown thing 'red_bal'\. Did you mean red_ball"):
        mixture.bind_names(names)


def test_until_it_knows_the_names_it_costs_nothing(room):
    assert intrinsic.make("goal:things.red_ball.position=1,2").cost(room(ball=(7.0, 7.0))) == 0.0


def test_a_goal_without_a_target_says_which_could_be():
    with pytest.raises(UserError, match=r"say which: goal:things\.red_ball\.position=1,2"):
        intrinsic.make("goal")


def test_a_spec_holds_a_target_and_a_weight():
    assert intrinsic.parse_spec("goal:things.red_ball.position=1,2") == ("goal:things.red_ball.position=1,2", 1.0)
    assert intrinsic.parse_spec("goal:things.red_ball.position=1,2=0.5")[1] == 0.5


def test_two_goals_live_side_by_side(names):
    mixture = Mixture.parse(["goal:things.red_ball.position=1,2", "goal:things.box.position=0,0=2", "reach:body.x=1"])
    assert mixture.names == ("goal_things_red_ball_position", "goal_things_box_position", "reach_body_x")
    mixture.bind_names(names)
    assert mixture.muted == {}
