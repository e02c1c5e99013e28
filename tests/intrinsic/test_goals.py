"""Goals: what should be so, named at run time."""

from __future__ import annotations

import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from intrinsic import Mixture, Names

NAMES = Names(("red ball", "box"), {"body": ("x", "y", "sin heading", "cos heading", "vx", "vy", "paw", "up z")})


def room(ball=(1.0, 2.0), body=(0.0, 0.0)):
    things = torch.zeros(2, 19)
    things[0, :2] = torch.tensor(ball)
    state = torch.zeros(8)
    state[:2] = torch.tensor(body)
    return {"senses.things": things, "senses.body": state, "senses.vitals": torch.tensor([0.4, 0.0, 22.0])}


def test_a_goal_names_a_thing_and_costs_its_distance_and_the_way_to_it():
    goal = intrinsic.make("goal:things.red_ball.position=1,2")
    goal.bind_names(NAMES)
    assert goal.cost(room(ball=(1.0, 2.0), body=(1.0, 2.0))) == pytest.approx(0.0, abs=1e-5)
    assert goal.cost(room(ball=(1.0, 2.0), body=(1.0, 1.0))) == pytest.approx(0.2, abs=1e-4)
    assert goal.cost(room(ball=(4.0, 2.0), body=(4.0, 2.0))) == pytest.approx(3.0)


def test_the_order_of_things_is_the_hosts():
    goal = intrinsic.make("goal:things.red_ball.position=1,2")
    goal.bind_names(Names(("box", "red ball")))
    view = room(ball=(9.0, 9.0), body=(0.0, 0.0))
    assert goal.cost(view) == pytest.approx(5.0**0.5, rel=1e-5)


def test_a_thing_that_is_not_there_is_told_with_the_nearest_name():
    mixture = Mixture.parse(["goal:things.red_bal.position=1,2"])
    with pytest.raises(UserError, match=r"unknown thing 'red_bal'\. Did you mean red_ball"):
        mixture.bind_names(NAMES)


def test_until_it_knows_the_names_it_costs_nothing():
    assert intrinsic.make("goal:things.red_ball.position=1,2").cost(room(ball=(7.0, 7.0))) == 0.0


def test_a_reach_names_a_sense_and_its_numbers():
    assert intrinsic.make("reach:vitals.energy=1").cost(room()) == pytest.approx(0.6)
    assert intrinsic.make("reach:body.position=3,4").cost(room()) == pytest.approx(5.0)


def test_a_reach_finds_a_reading_by_the_hosts_name_for_it():
    reach = intrinsic.make("reach:body.paw=0.5")
    reach.bind_names(NAMES)
    assert reach.cost(room()) == pytest.approx(0.5)
    with pytest.raises(UserError, match="Did you mean paw"):
        intrinsic.make("reach:body.pow=0.5").bind_names(NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "goal:red_ball=1",
        "goal:things.red_ball.position",
        "goal:things.red_ball.position=",
        "goal:things.red_ball=1,2",
        "goal:vitals.energy=1",
        "goal:things.red_ball.position=1,2,3,4",
        "reach:energy=1",
        "reach:vitals.energy=a",
    ],
)
def test_what_is_no_goal_is_refused_with_an_example(text):
    with pytest.raises(UserError, match=r"=1|Known: position"):
        intrinsic.make(text)


def test_a_goal_without_a_target_says_which_could_be():
    with pytest.raises(UserError, match=r"say which: goal:things\.red_ball\.position=1,2"):
        intrinsic.make("goal")


def test_a_spec_holds_a_target_and_a_weight():
    assert intrinsic.parse_spec("goal:things.red_ball.position=1,2") == ("goal:things.red_ball.position=1,2", 1.0)
    assert intrinsic.parse_spec("goal:things.red_ball.position=1,2=0.5")[1] == 0.5


def test_two_goals_live_side_by_side():
    mixture = Mixture.parse(["goal:things.red_ball.position=1,2", "goal:things.box.position=0,0=2", "reach:body.x=1"])
    assert mixture.names == ("goal_things_red_ball_position", "goal_things_box_position", "reach_body_x")
    mixture.bind_names(NAMES)
    assert mixture.muted == {}


def test_upright_reads_what_the_body_calls_up():
    upright = intrinsic.make("upright")
    upright.bind_names(NAMES)
    body = torch.zeros(3, 8)
    body[:, 7] = torch.tensor([1.0, 0.0, -1.0])
    assert upright.cost({"senses.body": body}).tolist() == [0.0, 0.5, 1.0]


def test_a_body_that_cannot_tell_up_is_told_so_before_life():
    with pytest.raises(UserError, match=r"'upright' needs a body that tells which way is up.*Take a legged body"):
        Mixture({"upright": 1.0}).bind_names(Names((), {"body": ("x", "y")}))


def test_warmth_and_movement_want_comfort_and_a_walk():
    warmth, movement = intrinsic.make("warmth"), intrinsic.make("movement")
    heat = torch.tensor([[0.0, 0.0, 8.0], [0.0, 0.0, 25.0], [0.0, 0.0, 42.0]])
    assert warmth.cost({"senses.vitals": heat}).tolist() == [10.0, 0.0, 10.0]
    body = torch.zeros(3, 8)
    body[:, 4] = torch.tensor([0.0, 0.2, 1.0])
    assert movement.cost({"senses.body": body}).tolist() == pytest.approx([1.0, 0.5, 0.0], abs=1e-5)


def test_touch_is_fun_but_a_blow_is_no_better():
    cost = intrinsic.make("contact").cost({"senses.touch": torch.tensor([[0.0, 0.0], [1.0, 0.0], [50.0, 50.0]])})
    assert cost.tolist() == pytest.approx([0.0, -0.5, -100.0 / 101.0])
