"""What a plug-in writes into, or reaches for, is nobody else's loss."""

from __future__ import annotations

import gc
import re

import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from housecat.core.obs_layout import VITALS
from intrinsic import Mixture, Objective
from intrinsic.drives.pain import Pain
from intrinsic.prediction.rnd import RND
from intrinsic.term import Term
from tests.intrinsic.misbehaving import fine, misbehaving


def test_writing_into_inputs_reaches_nobody(make_view):
    def scribbles(view):
        view["senses.vitals"].zero_()
        view["action"].fill_(7.0)
        return fine(view)

    view, clean = make_view(4), make_view(4)
    mixture = Mixture(
        {misbehaving(scribbles, observe=lambda self, view, memory=None: scribbles(view)): 1.0, "pain": 1.0}
    )
    assert torch.equal(mixture.costs(view)["pain"], Mixture({"pain": 1.0}).costs(clean)["pain"])
    mixture.observe(view)
    assert mixture.muted == {}
    assert all(torch.equal(view[key], clean[key]) for key in clean)


def test_writing_into_a_memory_reaches_nobody(make_view):
    class Greedy(Objective):
        reads = frozenset({"action"})
        memory = "episode"
        unit = 1.0

        def begin(self, lead):
            return (torch.zeros(lead),)

        def remember(self, memory, view):
            memory[0].add_(1.0)
            return memory

        def cost(self, view, memory=None):
            return memory[0].add_(1.0)

    mixture, view = Mixture({Greedy(): 1.0}), make_view(2)
    memories = mixture.begin((2,))
    mixture.costs(view, memories)
    mixture.remember(memories, view)
    assert torch.equal(memories["Greedy"][0], torch.zeros(2))


def test_what_a_plugin_keeps_of_its_result_is_not_the_hosts(make_view):
    kept = []
    mixture = Mixture({misbehaving(lambda view: kept.append(fine(view)) or kept[-1]): 1.0})
    cost = mixture.costs(make_view(2))["Bad"]
    kept[-1].fill_(99.0)
    assert (cost < 99.0).all()


def test_a_plugin_cannot_reset_a_drive(make_view):
    def meddles(view):
        intrinsic.drives.pain.Pain.unit = 1e9
        return fine(view)

    mixture, view = Mixture({misbehaving(meddles): 1.0, "pain": 1.0}), make_view(2)
    costs = mixture.costs(view)
    assert "Pain is hardwired" in mixture.muted["Bad"]
    torch.testing.assert_close(costs["pain"], view["senses.vitals"][..., VITALS.damage] / 0.2)


def reached(kind):
    """Finds an object of a type among all that Python knows, as a determined plug-in could."""
    return next(thing for thing in gc.get_objects() if type(thing) is kind)


def rewrites_pain(view):
    type.__setattr__(Pain, "cost", lambda self, view, memory=None: view["senses.vitals"][..., VITALS.damage] * 0.0)
    return fine(view)


def widens_pain(view):
    type.__setattr__(Pain, "gentle", True)
    return fine(view)


def silences_everybody(view):
    for thing in gc.get_objects():
        if type(thing) is Term and thing.name != "Bad":
            thing.weight.zero_()
    return fine(view)


@pytest.mark.parametrize("hostile", [rewrites_pain, widens_pain, silences_everybody])
@pytest.mark.parametrize("when", ["planning", "living"])
def test_what_a_hostile_plugin_changes_of_a_drive_is_put_back_and_mutes_it(make_view, hostile, when):
    mixture, view = Mixture({misbehaving(hostile): 1.0, "pain": 2.0}), make_view(2)
    costs = mixture.costs(view, lived=when == "living")
    assert re.search("changed what belongs to (Pain|pain), which was put back", mixture.muted["Bad"])
    assert mixture.weights["pain"] == 2.0
    assert not hasattr(Pain, "gentle")
    torch.testing.assert_close(costs["pain"], view["senses.vitals"][..., VITALS.damage] / 0.2)


def test_a_plugin_that_meddles_and_then_fails_is_undone_too(make_view):
    def meddles(view):
        rewrites_pain(view)
        raise RuntimeError("whatever")

    mixture, view = Mixture({misbehaving(meddles): 1.0, "pain": 1.0}), make_view(2)
    torch.testing.assert_close(mixture.costs(view)["pain"], view["senses.vitals"][..., VITALS.damage] / 0.2)


@pytest.mark.parametrize("method", ["observe", "loss"])
def test_the_parameters_of_a_neighbour_are_put_back(make_view, method):
    def wipes(self, view, memory=None):
        for parameter in reached(RND).predictor.parameters():
            parameter.data.zero_()

    mixture, view = Mixture({"rnd": 1.0, misbehaving(fine, **{method: wipes}): 1.0}), make_view(2)
    mixture.costs(view)
    before = [parameter.clone() for parameter in mixture["rnd"].parameters()]
    mixture.observe(view)
    mixture.loss(view)
    assert all(torch.equal(*pair) for pair in zip(before, mixture["rnd"].parameters(), strict=True))
    assert "belongs to rnd" in mixture.muted["Bad"]


def test_meddling_is_found_before_life(make_view):
    mixture = Mixture({misbehaving(rewrites_pain): 1.0, "pain": 1.0})
    with pytest.raises(UserError, match="'Bad': it changed what belongs to Pain"):
        mixture.check(make_view(2))


def test_the_constants_of_a_drive_are_sealed_with_it():
    for kind in (intrinsic.drives.hunger.Hunger, intrinsic.drives.warmth.Warmth, intrinsic.drives.movement.Movement):
        for name in ("setpoint", "exponent", "coldest", "hottest", "walk", "unit"):
            if hasattr(kind, name):
                with pytest.raises(AttributeError, match="hardwired"):
                    setattr(kind, name, 0.0)
