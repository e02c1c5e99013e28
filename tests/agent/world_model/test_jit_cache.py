"""A trace does what the method does, bit for bit."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import Tensor, nn

import worlds
from agent import Mind, live
from agent.config import MindConfig
from agent.world_model.jit_cache import CALLS_BEFORE_TRACE, MAX_COUNTED, MAX_TRACES, TracedCall


class Net(nn.Module):
    """A net that counts how often its Python runs."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(3, 2)
        self.traced_half, self.python_calls = TracedCall(self, "half"), 0

    def half(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Returns two tensors."""
        self.python_calls += 1
        return nn.functional.hardswish(self.line(x)) * 0.5, y.detach() + x[..., :2].sum(0)


def tensors(rows: int, grad: bool = False) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rows)
    return torch.randn(rows, 3, generator=generator).requires_grad_(grad), torch.randn(2, generator=generator)


def call_until_traced(net: Net, rows: int = 4, grad: bool = False) -> None:
    for _ in range(CALLS_BEFORE_TRACE):
        net.traced_half(*tensors(rows, grad))


def test_a_traced_call_runs_without_python_and_returns_the_same():
    net = Net()
    with torch.no_grad():
        call_until_traced(net)
        python_calls = net.python_calls
        got = net.traced_half(*tensors(4))
        assert net.python_calls == python_calls
        assert all(torch.equal(a, b) for a, b in zip(got, net.half(*tensors(4)), strict=True))


def test_gradients_are_the_same():
    net = Net()
    grads = []
    call_until_traced(net, grad=True)
    for function in (net.half, net.traced_half):
        net.zero_grad()
        x, y = tensors(4, grad=True)
        a, b = function(x, y)
        (a.sum() + b.square().sum()).backward()
        assert x.grad is not None
        grads.append([x.grad, *(p.grad for p in net.parameters())])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_a_trace_reads_weights_as_they_are_now():
    net = Net()
    with torch.no_grad():
        call_until_traced(net)
        net.line.weight.mul_(3.0)
        net.load_state_dict({name: value + 1.0 for name, value in net.state_dict().items()})
        assert torch.equal(net.traced_half(*tensors(4))[0], net.half(*tensors(4))[0])


def test_other_shapes_and_modes_get_traces_of_their_own_up_to_a_limit():
    net = Net()
    with torch.no_grad():
        for rows in range(1, MAX_TRACES + 4):
            call_until_traced(net, rows)
        python_calls = net.python_calls
        for rows in range(1, MAX_TRACES + 4):
            assert torch.equal(net.traced_half(*tensors(rows))[0], net.half(*tensors(rows))[0])
    assert net.python_calls - python_calls == MAX_TRACES + 3 + 3  # each is run for comparison, and three have no trace
    assert net.traced_half(*tensors(1))[0].requires_grad


def test_shapes_that_change_with_each_call_are_not_counted_without_end():
    net = Net()
    with torch.no_grad():
        for rows in range(1, 3 * MAX_COUNTED):
            net.traced_half(*tensors(rows))
        assert len(net.traced_half._calls) <= MAX_COUNTED
        call_until_traced(net)
        python_calls = net.python_calls
        net.traced_half(*tensors(4))
    assert net.python_calls == python_calls


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_goes_by_its_own_weights(copied):
    net = Net()
    with torch.no_grad():
        call_until_traced(net)
        other = copied(net)
        other.line.weight.zero_()
        call_until_traced(other)
        assert torch.equal(other.traced_half(*tensors(4))[0], other.half(*tensors(4))[0])
        assert not torch.equal(other.traced_half(*tensors(4))[0], net.traced_half(*tensors(4))[0])


GATED = {"policy.regret_tolerance": 50.0, "policy.proposals": 2}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"model.num_futures": 2},
        {"planner.kind": "gradient"},
        {"policy.mode": "always", **GATED},
        {"policy.mode": "seed", **GATED},
    ],
    ids=str,
)
def test_a_life_with_traces_equals_the_life_without(settings, monkeypatch):
    def lived(calls_before_trace: int) -> list[Tensor]:
        monkeypatch.setattr("agent.world_model.jit_cache.CALLS_BEFORE_TRACE", calls_before_trace)
        world = worlds.make("playroom", seed=5)
        small = {
            "planner.horizon": 3,
            "planner.samples": 12,
            "planner.elites": 4,
            "training.warmup_steps": 24,
            "training.batch_size": 16,
            **settings,
        }
        mind = Mind.born(world, seed=5, config=MindConfig.of({**small}))
        moments = list(live(world, mind, 36))
        if mind.reactive_actor is not None:
            assert bool(mind.reactive_actor.policy.traced_forward._traces) == (calls_before_trace < 36)
        return [*(torch.from_numpy(m.action) for m in moments), *(p.detach() for p in mind.parameters())]

    with_, without = lived(6), lived(10**9)
    assert all(torch.equal(a, b) for a, b in zip(with_, without, strict=True))
