"""What can be set and asked of each objective in a mixture."""

from __future__ import annotations

import pytest
import torch

from housecat.core.errors import UserError
from intrinsic import Mixture, Objective

ALL = {"disagreement": 1.0, "pain": 2.0, "hunger": 1.0, "effort": 0.1}


class Fades(Objective):
    """A cost with a running scale."""

    reads = frozenset({"action"})

    def cost(self, view, memory=None):
        return view["action"].abs().mean(-1)


def test_reads_is_the_union():
    assert Mixture(ALL).reads == {"mean", "attended", "senses.vitals", "action"}


def test_anticipated_names_what_the_critic_learns():
    assert Mixture(ALL).anticipated == ("pain", "hunger")


def test_weights_change_while_living(make_view):
    mixture, view = Mixture({"pain": 1.0, "effort": 1.0}), make_view(3)
    mixture.set_weight("effort", 0.0)
    assert mixture.weights == {"pain": 1.0, "effort": 0.0}
    costs = mixture.costs(view)
    torch.testing.assert_close(mixture.total(costs), costs["pain"])


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), "much", None, True])
def test_a_weight_must_be_a_finite_number(weight):
    with pytest.raises(UserError, match="Give a finite number"):
        Mixture({"pain": 1.0}).set_weight("pain", weight)


def test_a_weight_for_a_stranger_names_the_nearest():
    with pytest.raises(UserError, match=r"unknown objective in this mixture 'pian'. Did you mean pain"):
        Mixture({"pain": 1.0}).set_weight("pian", 1.0)


def test_objects_are_called_by_their_class_and_ours_by_their_name(my_drives):
    assert Mixture({Fades(): 1.0}).names == ("Fades",)
    assert Mixture({my_drives: 1.0, "pain": 1.0}).names == ("LovesRed", "pain")
    assert Mixture.parse([f"{my_drives}=2", "pain"]).weights == {"LovesRed": 2.0, "pain": 1.0}


def test_two_of_one_name_are_refused():
    with pytest.raises(UserError, match="two objectives are called 'Fades'"):
        Mixture({Fades(): 1.0, Fades(): 2.0})


def test_an_empty_mixture_is_refused():
    with pytest.raises(UserError, match="at least one objective"):
        Mixture({})


def test_a_class_cannot_pass_for_a_drive():
    impostor = type("pain", (Fades,), {})
    with pytest.raises(UserError, match=r"as one of housecat's own is. Rename its class"):
        Mixture({impostor(): 1.0})


def test_reads_written_as_one_string_is_refused():
    careless = type("Careless", (Fades,), {"reads": "action"})
    with pytest.raises(UserError, match="Write a set of keys"):
        Mixture({careless(): 1.0})
