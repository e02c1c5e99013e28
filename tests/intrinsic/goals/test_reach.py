"""Goals: what a sense should be."""

from __future__ import annotations

import pytest

import intrinsic
from housecat.core.errors import UserError


def test_a_reach_names_a_sense_and_its_numbers(room):
    assert intrinsic.make("reach:vitals.energy=1").cost(room()) == pytest.approx(0.6)
    assert intrinsic.make("reach:body.position=3,4").cost(room()) == pytest.approx(5.0)


def test_a_reach_finds_a_reading_by_the_hosts_name_for_it(room, names):
    reach = intrinsic.make("reach:body.paw=0.5")
    reach.bind_names(names)
    assert reach.cost(room()) == pytest.approx(0.5)
    with pytest.raises(UserError, match="Did you mean paw"):
        intrinsic.make("reach:body.pow=0.5").bind_names(names)


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
