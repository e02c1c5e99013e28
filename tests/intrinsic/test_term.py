"""One objective's failing must not reach the others, nor the life."""

from __future__ import annotations

import logging
import re

import pytest
import torch

from housecat.core.errors import UserError
from intrinsic import Mixture
from tests.intrinsic.misbehaving import fine, misbehaving

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
