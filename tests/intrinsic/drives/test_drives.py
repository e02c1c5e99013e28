"""The hardwired drives, and the seal on them."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from intrinsic import Mixture, Names
from intrinsic.drives.pain import Pain


def vitals(energy: float = 1.0, damage: float = 0.0):
    return {"senses.vitals": torch.tensor([energy, damage, 25.0])}


def test_pain_is_the_damage_rate():
    assert intrinsic.make("pain").cost(vitals(damage=0.3)) == pytest.approx(0.3)


def test_imagined_healing_is_no_pleasure():
    assert intrinsic.make("pain").cost(vitals(damage=-0.3)) == 0.0


def test_hunger_is_silent_above_its_setpoint_and_steepens_below():
    hunger = intrinsic.make("hunger")
    cost = [float(hunger.cost(vitals(energy=energy))) for energy in (1.0, 0.7, 0.5, 0.3, 0.1)]
    assert cost[0] == 0.0
    assert cost[1] == pytest.approx(0.0, abs=1e-6)
    steps = [later - earlier for earlier, later in itertools.pairwise(cost[1:])]
    assert 0.0 < steps[0] < steps[1] < steps[2]


def test_starving_counts_as_one():
    hunger = intrinsic.make("hunger")
    assert float(hunger.cost(vitals(energy=0.0))) / hunger.unit == pytest.approx(1.0)


def test_effort_does_not_grow_with_the_number_of_motors():
    effort = intrinsic.make("effort")
    assert effort.cost({"action": torch.ones(12)}) == effort.cost({"action": -torch.ones(2)}) == 1.0


@pytest.mark.parametrize("name", ["pain", "hunger", "effort"])
def test_a_hardwired_drive_cannot_be_changed(name):
    drive = intrinsic.make(name)
    with pytest.raises(AttributeError, match="hardwired"):
        drive.unit = 100.0
    with pytest.raises(AttributeError, match="hardwired"):
        type(drive).cost = lambda self, view, memory=None: 0.0
    with pytest.raises(AttributeError, match="hardwired"):
        drive.gain = torch.nn.Parameter(torch.ones(()))


def test_a_hardwired_drive_can_be_copied_moved_and_switched():
    drive = copy.deepcopy(Pain()).to("cpu").eval().train()
    assert drive.training


def test_upright_reads_what_the_body_calls_up(names):
    upright = intrinsic.make("upright")
    upright.bind_names(names)
    body = torch.zeros(3, 8)
    body[:, names.readings["body"].index("up z")] = torch.tensor([1.0, 0.0, -1.0])
    assert upright.cost({"senses.body": body}).tolist() == [0.0, 0.5, 1.0]


def test_a_body_without_an_up_reading_is_refused_before_the_first_step():
    with pytest.raises(UserError, match=r"'upright' needs a body that tells which way is up.*Take a legged body"):
        Mixture({"upright": 1.0}).bind_names(Names((), {"body": ("x", "y")}))


def test_warmth_and_movement_want_comfort_and_a_walk():
    warmth, movement = intrinsic.make("warmth"), intrinsic.make("movement")
    heat = torch.tensor([[0.0, 0.0, 8.0], [0.0, 0.0, 25.0], [0.0, 0.0, 42.0]])
    assert warmth.cost({"senses.vitals": heat}).tolist() == [10.0, 0.0, 10.0]
    body = torch.zeros(3, 8)
    body[:, BODY.vx] = torch.tensor([0.0, 0.2, 1.0])
    assert movement.cost({"senses.body": body}).tolist() == pytest.approx([1.0, 0.5, 0.0], abs=1e-5)
