"""One objective's failing or meddling must not reach the others, nor the life."""

from __future__ import annotations

import gc
import logging
import random
import re

import numpy as np
import pytest
import torch

import intrinsic
from intrinsic import Mixture, Objective
from intrinsic.drives.pain import Pain
from intrinsic.kit.samples import KINDS, sample
from intrinsic.prediction.rnd import RND
from intrinsic.term import Term
from usererror import UserError


def misbehaving(cost, **attributes):
    """Makes an object of a class `Bad` whose cost is the function given."""
    attributes = {"reads": frozenset({"action", "senses.vitals"}), "unit": 1.0, **attributes}
    return type("Bad", (Objective,), {"cost": lambda self, view, memory=None: cost(view), **attributes})()


def fine(view):
    return view["action"].sum(-1)


FAULTS = {
    "raises": (lambda view: 1 / 0, "ZeroDivisionError"),
    "exits": (lambda view: exit(3), "SystemExit"),
    "no tensor": (lambda view: 3.0, "must return a tensor; it returned a float"),
    "one number for all": (lambda view: view["action"].sum(), r"shape \(2,\).*it returned \(\)"),
    "keeps a dimension": (lambda view: view["action"], r"it returned \((2, 2|2,)\)\. Reduce its last dimensions"),
    "indexes from the left": (lambda view: view["action"][1], "raises|returned|out of bounds"),
    "nan": (lambda view: fine(view) * float("nan"), "nan or infinity from finite senses"),
    "infinite": (lambda view: fine(view) / 0.0, "nan or infinity from finite senses"),
    "undeclared": (
        lambda view: view["latent"].sum((-1, -2)),
        r"'Bad' asked for 'latent'.*it reads action, senses.vitals",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_before_life_a_fault_is_the_users_to_mend(make_view, fault):
    cost, message = FAULTS[fault]
    with pytest.raises(UserError, match=f"objective 'Bad': .*({message}).*Mend it, or leave it out"):
        Mixture({"pain": 1.0, misbehaving(cost): 1.0}).check(make_view(2))


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "indexes from the left"])
def test_during_life_a_fault_mutes_the_culprit_alone(make_view, caplog, fault):
    cost, message = FAULTS[fault]
    mixture, view = Mixture({"pain": 1.0, misbehaving(cost): 1.0}), make_view(2)
    healthy = Mixture({"pain": 1.0})
    with caplog.at_level(logging.WARNING):
        planned, lived = mixture.costs(view), mixture.costs(view, lived=True)
        mixture.observe(view)
    assert list(mixture.muted) == ["Bad"]
    assert torch.equal(planned["Bad"], torch.zeros(2))
    assert lived["Bad"].isnan().all()
    assert torch.equal(mixture.total(planned), healthy.total(healthy.costs(view)))
    assert torch.equal(mixture.total(lived), healthy.total(healthy.costs(view)))
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "'Bad' is muted, life goes on" in record.getMessage()
    assert re.search(message, mixture.muted["Bad"])


def test_a_key_that_is_not_offered_is_found_before_life(make_view):
    bad = misbehaving(fine, reads=frozenset({"action", "senses.smell"}))
    with pytest.raises(
        UserError, match=r"'Bad' reads senses\.smell, which this agent does not offer\. Offered: action"
    ):
        Mixture({bad: 1.0}).check(make_view(2))


def test_check_changes_nothing(make_view, my_drives):
    mixture, view = Mixture({"disagreement": 1.0, my_drives: 1.0}), make_view(3)
    before = {key: value.clone() for key, value in mixture.state_dict().items()}
    mixture.check(view)
    assert all(torch.equal(value, before[key]) for key, value in mixture.state_dict().items())


def test_a_muted_objective_can_be_given_another_chance(make_view):
    patience = iter([True, False, False])
    bad = misbehaving(lambda view: 1 / 0 if next(patience) else fine(view))
    mixture, view = Mixture({bad: 1.0}), make_view(2)
    mixture.costs(view)
    assert mixture.muted
    assert torch.equal(mixture.total(mixture.costs(view)), torch.zeros(2))
    mixture.unmute("Bad")
    assert torch.equal(mixture.costs(view)["Bad"], fine(view))
    assert mixture.muted == {}


def test_a_reason_names_file_and_line(make_view, plugin_file):
    path = plugin_file(
        "class Late(Objective):\n    def cost(self, view, memory=None):\n        return view['action']\n"
    )
    mixture = Mixture({f"{path}:Late": 1.0})
    mixture.costs(make_view(2))
    assert mixture.muted["Late"].startswith("drives.py, line 7: KeyError: objective 'Late' asked for 'action'")
    assert "add the key to its `reads`" in mixture.muted["Late"]


@pytest.mark.parametrize("method", ["observe", "loss", "begin"])
def test_other_methods_that_fail_mute_too(make_view, method):
    def fail(self, *given):
        raise RuntimeError("no")

    mixture = Mixture({"pain": 1.0, misbehaving(fine, **{method: fail, "memory": "episode"}): 1.0})
    view = make_view(2)
    mixture.begin((2,))
    mixture.observe(view, {"Bad": torch.zeros(2)})
    mixture.loss(view)
    assert "RuntimeError: no" in mixture.muted["Bad"]


@pytest.mark.parametrize("loss", [1.0, torch.ones(2), torch.tensor(float("nan"))])
def test_a_loss_that_is_not_one_number_mutes(make_view, loss):
    mixture = Mixture({misbehaving(fine, loss=lambda self, view: loss): 1.0})
    assert mixture.loss(make_view(2)) is None
    assert "`loss` must return None or one finite number" in mixture.muted["Bad"]


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


def draws(view):
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    return view["action"].sum(-1) + torch.rand(()) + np.random.rand() + random.random()


def test_random_numbers_of_a_plugin_do_not_change_the_life(make_view):
    def life(objectives) -> list[float]:
        with torch.random.fork_rng():
            torch.manual_seed(5)
            np.random.seed(5)
            random.seed(5)
            mixture, view, numbers = Mixture(objectives), make_view(2), []
            mixture.check(view)
            for _ in range(3):
                numbers += [float(torch.rand(())), np.random.rand(), random.random()]
                mixture.costs(view)
                mixture.observe(view)
                mixture.loss(view)
            assert torch.is_grad_enabled()
            assert torch.get_default_dtype() == torch.float32
            assert mixture.muted == {}
            return numbers

    both = {"loss": lambda self, view: draws(view).sum(), "observe": lambda self, view, memory=None: draws(view)}
    assert life({"pain": 1.0, misbehaving(draws, **both): 1.0}) == life({"pain": 1.0})


def test_a_cost_that_draws_is_still_pure_and_a_loss_draws_anew(make_view):
    noisy = misbehaving(lambda view: fine(view) + torch.rand(()), loss=lambda self, view: torch.rand(()))
    mixture, view = Mixture({noisy: 1.0}), make_view(2)
    assert torch.equal(mixture.costs(view)["Bad"], mixture.costs(view)["Bad"])
    assert mixture.loss(view) != mixture.loss(view)


def test_state_after_a_fault_inside_the_fence_is_restored(make_view):
    def explodes(view):
        draws(view)
        raise ValueError("boom")

    before = torch.get_rng_state()
    mixture = Mixture({misbehaving(explodes): 1.0})
    mixture.costs(make_view(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32


def test_a_plugin_cannot_reset_a_drive(make_view):
    def meddles(view):
        intrinsic.drives.pain.Pain.unit = 1e9
        return fine(view)

    mixture, view = Mixture({misbehaving(meddles): 1.0, "pain": 1.0}), make_view(2)
    costs = mixture.costs(view)
    assert "Pain is hardwired" in mixture.muted["Bad"]
    torch.testing.assert_close(costs["pain"], view["senses.vitals"][..., 1] / 0.2)


def reached(kind):
    """Finds an object of a type among all that Python knows, as a determined plug-in could."""
    return next(thing for thing in gc.get_objects() if type(thing) is kind)


def rewrites_pain(view):
    type.__setattr__(Pain, "cost", lambda self, view, memory=None: view["senses.vitals"][..., 1] * 0.0)
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
    torch.testing.assert_close(costs["pain"], view["senses.vitals"][..., 1] / 0.2)


def test_a_plugin_that_meddles_and_then_fails_is_undone_too(make_view):
    def meddles(view):
        rewrites_pain(view)
        raise RuntimeError("whatever")

    mixture, view = Mixture({misbehaving(meddles): 1.0, "pain": 1.0}), make_view(2)
    torch.testing.assert_close(mixture.costs(view)["pain"], view["senses.vitals"][..., 1] / 0.2)


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


def test_learning_objectives_of_our_own_draw_from_generators_of_their_own():
    def numbers(objectives) -> list[float]:
        with torch.random.fork_rng():
            torch.manual_seed(5)
            mixture, view = Mixture(objectives), sample(KINDS[-1], (8,))
            mixture.check(view)
            mixture.observe(view)
            mixture.loss(view)
            return torch.rand(3).tolist()

    learners = {"skill_diversity": 1.0, "bayesian_surprise": 1.0, "state_entropy": 1.0}
    assert numbers({**learners, "pain": 1.0}) == numbers({"pain": 1.0})


def test_what_is_built_follows_the_seed_alone(make_view):
    def weights(seed: int) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            mixture = Mixture({"rnd": 1.0})
            torch.rand(seed)  # what is drawn between making and building changes nothing
            mixture.check(make_view(2))
            return next(mixture.parameters()).detach().clone()

    assert torch.equal(weights(3), weights(3))
    assert not torch.equal(weights(3), weights(4))
