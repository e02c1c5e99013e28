"""What every objective must keep, housecat's own and the example alike: the contract, and our own house rules."""

from __future__ import annotations

import inspect

import pytest
import torch

import intrinsic
from intrinsic import Objective
from intrinsic.testing.samples import HOST_KINDS, SAMPLE_NAMES, sample_view

DICT = next(host for host in HOST_KINDS if host.observation == "dict" and host.action == "Box(6)")


def spec(name: str) -> str:
    example = intrinsic.describe(name)[0].argument_example
    return f"{name}:{example}" if example else name


def built(name: str) -> Objective:
    objective = intrinsic.make(spec(name)).eval()
    objective.build(sample_view(DICT, (2,)))
    objective.bind_names(SAMPLE_NAMES)
    return objective.eval()


@pytest.mark.parametrize("name", [*intrinsic.names(), "examples"])
def test_keeps_the_contract(name: str, my_drives: str) -> None:
    report = intrinsic.check(my_drives if name == "examples" else name)
    assert report.ok, str(report)
    assert report.hosts[0] == report.hosts[1] > 0


@pytest.mark.parametrize("name", intrinsic.names())
def test_works_in_inference_mode_even_where_it_is_built_there(name: str) -> None:
    mixture = intrinsic.Mixture({spec(name): 1.0})
    mixture.bind_names(SAMPLE_NAMES)
    with torch.inference_mode():
        imagined = {key: tensor.clone() for key, tensor in sample_view(DICT, (2, 3)).items()}
        (inside,) = mixture.costs(imagined).values()
    (outside,) = mixture.costs(sample_view(DICT, (2, 3))).values()
    assert torch.equal(inside.clone(), outside)
    mixture.observe(sample_view(DICT, (4,)))
    mixture.loss(sample_view(DICT, (4,)))
    assert mixture.muted == {}


@pytest.mark.parametrize("name", intrinsic.names())
def test_says_what_it_does_and_where_it_is_weak(name: str) -> None:
    text = inspect.getdoc(type(built(name))) or ""
    assert all(word in text for word in ("Formula:", "Source:", "Reads:", "Weaknesses:"))


@pytest.mark.parametrize("name", [entry.name for entry in intrinsic.describe() if entry.episodic])
def test_a_stretch_at_once_costs_what_its_steps_cost(name: str) -> None:
    objective, view = built(name), sample_view(DICT, (12, 3))
    memory = objective.remember(objective.begin((3,)), {k: t[:, 5] if k == "mean" else t[5] for k, t in view.items()})
    at_once, after = objective.sequence_cost(view, memory)
    by_step, step_after = Objective.sequence_cost(objective, view, memory)
    torch.testing.assert_close(at_once, by_step, rtol=1e-3, atol=1e-4)
    lasts = [value if isinstance(value, dict) else {"": value} for value in (after, step_after)]
    for key, value in lasts[0].items():
        torch.testing.assert_close(value, lasts[1][key], rtol=1e-3, atol=1e-4)


def test_hardwired_drives_have_a_fixed_unit_and_nothing_to_learn() -> None:
    drives = [objective for objective in map(built, intrinsic.names()) if objective.hardwired]
    assert len(drives) == 6
    for drive in drives:
        assert drive.unit is not None
        assert drive.unit > 0.0
        assert not list(drive.parameters())
        assert not list(drive.buffers())
