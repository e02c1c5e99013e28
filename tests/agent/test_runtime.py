"""What a mind needs of the process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

import agent
import worlds
from agent.runtime import configure_runtime, require_float32
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL


@pytest.fixture
def float64() -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_float32_is_fine() -> None:
    require_float32()


@pytest.mark.usefixtures("float64")
def test_another_default_dtype_is_refused_with_the_remedy() -> None:
    world = worlds.make("playroom", seed=0)
    words = r"default dtype is float64, .* Call torch\.set_default_dtype\(torch\.float32\)"
    with pytest.raises(UserError, match=words):
        agent.Mind.born(world, seed=0)
    with pytest.raises(UserError, match=words):
        agent.Mind.load("kitten")


def test_a_default_dtype_set_in_the_middle_of_a_life_is_refused(request: pytest.FixtureRequest) -> None:
    world = worlds.make("playroom", seed=0)
    mind = agent.Mind.born(world, seed=0)
    obs, _ = world.reset(seed=0)
    action, _ = mind.act(obs)
    request.getfixturevalue("float64")
    for step in (lambda: mind.act(obs), lambda: mind.observe(obs, action, obs), mind.learn):
        with pytest.raises(UserError, match="default dtype is float64"):
            step()


def test_threads_are_set_when_a_life_begins_and_not_by_making_a_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    world = worlds.make("playroom", seed=0)
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"threads": 2}))
    assert threads == []
    next(agent.live(world, mind, 1))
    assert threads == [2]
    configure_runtime(3)
    assert threads == [2, 3]
