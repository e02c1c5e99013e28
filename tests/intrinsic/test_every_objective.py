"""What every objective must keep, housecat's own and the example alike."""

from __future__ import annotations

import copy
import inspect
import random

import numpy as np
import pytest
import torch

import intrinsic
from intrinsic import Objective

NAMES = [*intrinsic.names(), "examples"]


@pytest.fixture(params=NAMES)
def objective(request: pytest.FixtureRequest, my_drives: str) -> Objective:
    return intrinsic.make(my_drives if request.param == "examples" else request.param)


def seen(objective: Objective, view):
    return {key: view[key] for key in objective.reads}


def moved(key: str, view, function):
    """Applies a function of leading shapes to a key, with the members of `mean` kept in front."""
    tensor = view[key]
    return torch.stack([function(member) for member in tensor]) if key == "mean" else function(tensor)


@pytest.mark.parametrize("lead", [(), (1,), (7,), (3, 4), (2, 3, 2)])
def test_costs_one_finite_number_a_transition(objective, make_view, lead):
    cost = objective.cost(seen(objective, make_view(*lead)))
    assert cost.shape == lead
    assert cost.dtype == torch.float32
    assert torch.isfinite(cost).all()


def test_does_not_care_how_transitions_are_arranged(objective, make_view):
    view = seen(objective, make_view(3, 4))
    flat = {key: moved(key, view, lambda t: t.flatten(0, 1)) for key in view}
    swapped = {key: moved(key, view, lambda t: t.transpose(0, 1)) for key in view}
    one = {key: moved(key, view, lambda t: t[1, 2]) for key in view}
    cost = objective.cost(view)
    torch.testing.assert_close(objective.cost(flat), cost.flatten())
    torch.testing.assert_close(objective.cost(swapped), cost.T)
    torch.testing.assert_close(objective.cost(one), cost[1, 2])


def test_is_pure(objective, make_view):
    view = seen(objective, make_view(6))
    before = {key: tensor.clone() for key, tensor in view.items()}
    state = copy.deepcopy(objective.state_dict())
    generators = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
    first, second = objective.cost(view), objective.cost(view)
    assert torch.equal(first, second)
    assert all(torch.equal(view[key], before[key]) for key in before)
    assert torch.equal(torch.get_rng_state(), generators[0])
    assert np.random.get_state()[1].tolist() == generators[1]
    assert random.getstate() == generators[2]
    assert all(torch.equal(value, state[key]) for key, value in objective.state_dict().items())


def test_works_in_inference_mode(objective, make_view):
    view = seen(objective, make_view(2, 3))
    with torch.inference_mode():
        imagined = objective.cost({key: tensor.clone() for key, tensor in view.items()})
    assert torch.equal(imagined.clone(), objective.cost(view))


def test_gives_planners_a_finite_gradient(objective, make_view):
    view = {key: tensor.clone().requires_grad_() for key, tensor in seen(objective, make_view(5)).items()}
    if "mean" in view:
        view["mean"] = torch.ones_like(view["mean"]).requires_grad_()  # all members agree: the root's corner
    objective.cost(view).sum().backward()
    gradients = [tensor.grad for tensor in view.values() if tensor.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_saves_and_loads(objective, make_view):
    view = seen(objective, make_view(4))
    twin = type(objective)()
    twin.load_state_dict(objective.state_dict())
    assert torch.equal(twin.cost(view), objective.cost(view))


def test_reads_nothing_undeclared_and_lives_in_a_mixture(objective, make_view):
    mixture = intrinsic.Mixture({objective: 1.0})
    mixture.check(make_view(2))
    assert mixture.muted == {}


def test_says_what_it_reads_and_where_it_is_weak(objective):
    text = inspect.getdoc(type(objective))
    assert text
    if type(objective).__module__.startswith("intrinsic."):
        assert all(word in text for word in ("Formula:", "Source:", "Reads:", "Weaknesses:"))


def test_fixed_units_for_hardwired_drives(objective):
    if objective.hardwired:
        assert objective.unit is not None
        assert objective.unit > 0.0
        assert not list(objective.parameters())
        assert not list(objective.buffers())
