from __future__ import annotations

import pytest
import torch

from housecat.core.errors import UserError
from intrinsic.prediction.disagreement import Disagreement


def test_is_the_summed_population_std_of_the_members(make_view):
    view = make_view(6)
    expected = -(view["mean"].std(0, correction=0).sum(-1) * view["attended"]).sum(-1)
    torch.testing.assert_close(Disagreement(tokens="all").cost(view), expected)


def test_only_attended_tokens_count(make_view):
    view = make_view(6)
    view["attended"] = torch.zeros(6, 5)
    assert torch.equal(Disagreement().cost(view), torch.zeros(6))


def test_things_leaves_out_the_body(make_view):
    view = make_view(6)
    view["attended"] = torch.ones(6, 5)
    view["mean"][:, :, 1:] = 0.0
    assert (Disagreement("all").cost(view) < -0.1).all()
    assert (Disagreement("things").cost(view) > -1e-4).all()


def test_agreement_costs_next_to_nothing(make_view):
    view = make_view(6)
    view["mean"] = view["mean"][:1].expand(3, -1, -1, -1)
    assert (Disagreement().cost(view).abs() < 1e-4).all()


def test_one_member_alone_is_an_error(make_view):
    with pytest.raises(UserError, match="two members or more"):
        Disagreement().cost(make_view(6, members=1))


def test_misspelt_tokens_name_the_choices():
    with pytest.raises(UserError, match="Did you mean things"):
        Disagreement("thing")
