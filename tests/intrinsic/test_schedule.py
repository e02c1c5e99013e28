"""Weights that change with age, and each term's share of a choice."""

from __future__ import annotations

import pytest
import torch

from housecat.core.errors import UserError
from intrinsic import Mixture, shares


def test_a_weight_follows_its_schedule_by_lived_transitions(make_view):
    mixture = Mixture({"pain": 5.0, "hunger": 1.0})
    mixture.set_schedule("pain", [(10, 1.0), (20, 3.0)])
    assert mixture.weights == {"pain": 1.0, "hunger": 1.0}
    seen = []
    for _ in range(6):
        mixture.observe(make_view(5))
        seen.append(mixture.weights["pain"])
    assert seen == [1.0, 1.0, 2.0, 3.0, 3.0, 3.0]
    assert mixture.weights["hunger"] == 1.0
    assert mixture.schedules == {"pain": [(10.0, 1.0), (20.0, 3.0)]}


def test_setting_a_weight_ends_its_schedule(make_view):
    mixture = Mixture({"pain": 1.0})
    mixture.set_schedule("pain", [(0, 0.0), (10, 1.0)])
    mixture.set_weight("pain", 7.0)
    mixture.observe(make_view(5))
    assert mixture.weights["pain"] == 7.0


def test_a_schedule_is_saved_half_way(make_view):
    mixture, twin = Mixture({"pain": 1.0}), Mixture({"pain": 1.0})
    mixture.set_schedule("pain", [(0, 0.0), (5, 4.0), (10, 1.0)])
    mixture.observe(make_view(3))
    twin.load_state_dict(mixture.state_dict())
    for each in (mixture, twin):
        each.observe(make_view(4))
    assert twin.weights == mixture.weights == {"pain": pytest.approx(4.0 - 2.0 * 3.0 / 5.0)}
    mixture.load_state_dict(Mixture({"pain": 2.0}).state_dict())
    assert mixture.schedules == {}


@pytest.mark.parametrize("points", [[], [(0, float("nan"))], [(5, 1.0), (5, 2.0)], [(-1, 1.0)], [(1,)]])
def test_what_is_no_schedule_is_refused(points):
    with pytest.raises(UserError, match="schedule"):
        Mixture({"pain": 1.0}).set_schedule("pain", points)


def test_shares_tell_what_spoke_for_the_choice():
    parts = {"curiosity": torch.tensor([-3.0, -1.0, -2.0]), "pain": torch.tensor([0.5, 0.0, 0.1])}
    found = shares(parts, 0)
    assert found["curiosity"] > 0.0 > found["pain"]
    assert sum(map(abs, found.values())) == pytest.approx(1.0)
    assert found["curiosity"] == pytest.approx(1.0 / 1.3)


def test_no_plan_better_than_another_has_no_shares():
    assert shares({"pain": torch.ones(4)}, 2) == {"pain": 0.0}
