"""What cannot be part of a mixture is refused with a remedy."""

from __future__ import annotations

import pytest

from housecat.core.errors import UserError
from intrinsic import Mixture, Objective
from intrinsic.isolation.validation import validate_objective, validate_weight


class Plain(Objective):
    reads = frozenset({"action"})

    def cost(self, view, memory=None):
        return view["action"].sum(-1)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), "much", None, True])
def test_a_weight_must_be_a_finite_number(weight):
    with pytest.raises(UserError, match="Give a finite number"):
        Mixture({"pain": 1.0}).set_weight("pain", weight)


def test_a_class_cannot_pass_for_a_drive():
    impostor = type("pain", (Plain,), {})
    with pytest.raises(UserError, match=r"as one of housecat's own is. Rename its class"):
        Mixture({impostor(): 1.0})


def test_reads_written_as_one_string_is_refused():
    careless = type("Careless", (Plain,), {"reads": "action"})
    with pytest.raises(UserError, match="Write a set of keys"):
        Mixture({careless(): 1.0})


def test_what_is_valid_is_returned():
    plain = Plain()
    assert validate_objective("Plain", plain) is plain
    assert validate_weight("Plain", 2) == 2.0


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (3, "3 is no objective. Give a name, or an object derived from intrinsic.Objective"),
        (type("Bare", (Plain,), {"__init__": lambda self: None})(), "Begin its __init__ with super"),
        (type("Free", (Plain,), {"unit": 0.0})(), "Give a positive number, or None"),
    ],
)
def test_what_is_no_objective_is_refused(objective, words):
    with pytest.raises(UserError, match=words):
        validate_objective("mine", objective)


def test_a_name_that_a_mixture_uses_itself_is_refused():
    with pytest.raises(UserError, match="'keys' cannot be the name of an objective"):
        validate_objective("keys", Plain())
