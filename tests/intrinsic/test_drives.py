"""Pain, hunger, effort, and the seal on them."""

from __future__ import annotations

import copy
import itertools

import pytest
import torch

import intrinsic
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
