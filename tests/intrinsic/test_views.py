"""Views of any leading shape, and what of them an objective may see."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch

from intrinsic.views import DeclaredView, constant_cost, lead_shape, map_tensors, repeat_first


@pytest.mark.parametrize("lead", [(), (3,), (2, 5)])
def test_every_key_tells_the_leading_shape(make_view, lead):
    view = make_view(*lead)
    for key, tensor in view.items():
        assert lead_shape({key: tensor}) == lead
        assert lead_shape({f"{key}.before": tensor}) == lead
    assert constant_cost(view, 2.5).tolist() == torch.full(lead, 2.5).tolist()


def test_a_view_of_unknown_keys_has_no_leading_shape():
    with pytest.raises(ValueError, match=r"no key of known shape in the view; it has senses\.smell"):
        lead_shape({"senses.smell": torch.zeros(3)})


def test_the_first_transition_is_repeated(make_view):
    view = make_view(4, 3)
    repeated = repeat_first(view, (2, 5))
    assert lead_shape(repeated) == (2, 5)
    for key, tensor in repeated.items():
        first = view[key][:, 0, 0] if key == "mean" else view[key][0, 0]
        assert torch.equal(tensor[:, 1, 4] if key == "mean" else tensor[1, 4], first)


def test_what_is_not_declared_or_not_offered_has_its_own_message(make_view):
    view = DeclaredView("mine", frozenset({"action", "senses.smell"}), make_view(2))
    assert list(view) == ["action"]
    with pytest.raises(KeyError, match=r"does not declare .*add the key to its `reads`"):
        view["latent"]
    with pytest.raises(KeyError, match="not offered here"):
        view["senses.smell"]


def test_tensors_of_a_memory_are_mapped_and_its_structure_is_kept():
    class Pair(NamedTuple):
        left: torch.Tensor
        right: int

    memory = {"a": (torch.ones(2), [torch.zeros(1)]), "b": Pair(torch.ones(1), 7), "c": None}
    doubled = map_tensors(lambda tensor: tensor * 2.0, memory)
    assert doubled["a"][0].tolist() == [2.0, 2.0]
    assert isinstance(doubled["a"][1], list)
    assert isinstance(doubled["b"], Pair)
    assert (doubled["b"].left.tolist(), doubled["b"].right, doubled["c"]) == ([2.0], 7, None)
