"""Structures with tensors come back from JSON as they were, or are refused when they are saved."""

from __future__ import annotations

import dataclasses
import json
import re
import typing
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.actor import plan_evaluation
from agent.checkpoint.tensor_json import packed, unpacked
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL


@dataclasses.dataclass(frozen=True)
class Point:
    """A dataclass."""

    at: torch.Tensor
    name: str


def there_and_back(value: object, classes: dict[str, type] | None = None) -> object:
    tensors: dict[str, torch.Tensor] = {}
    return unpacked(json.loads(json.dumps(packed(value, "it", tensors, classes))), tensors, classes)


@pytest.mark.parametrize("value", [None, 3, 0.5, "word", True, (), [], {}, (1, [2, {"a": None, 3: "b"}])], ids=repr)
def test_plain_structures_come_back(value: object) -> None:
    assert there_and_back(value) == value


def test_tensors_and_arrays_come_back_in_their_places() -> None:
    array = np.arange(6.0)[::-2]
    [tensor, [back], number] = there_and_back([torch.arange(3), (array,), np.float32(2.5)])  # type: ignore[misc]
    assert torch.equal(tensor, torch.arange(3))
    assert np.array_equal(back, array)
    assert number == 2.5


def test_known_dataclasses_come_back() -> None:
    point = there_and_back(Point(torch.ones(2), "here"), {"Point": Point})
    assert isinstance(point, Point)
    assert point.name == "here"
    assert torch.equal(point.at, torch.ones(2))


@pytest.mark.parametrize(
    "value",
    [Point(torch.ones(2), "here"), {1, 2}, b"bytes", {(1, 2): 3}, namedtuple("Pair", "a b")(1, 2), object()],
    ids=lambda value: type(value).__name__,
)
def test_what_would_not_come_back_is_refused_when_it_is_saved(value: object) -> None:
    with pytest.raises(UserError, match=r"it\.0 holds a \w+, which cannot be saved"):
        there_and_back([value])


def test_all_that_may_be_in_a_pending_decision_is_known() -> None:
    """Whatever dataclass a field of one of them names is among them."""
    types = (str(field.type) for kind in plan_evaluation.PENDING_CLASSES.values() for field in dataclasses.fields(kind))
    spoken = {word for words in types for word in re.findall(r"\w+", words)}
    assert {"Plan", "Thought", "HiddenObject", "Configuration", "Decision"} <= spoken
    for module in (agent.moment, agent.actor.plan_evaluation, agent.configurator.configurator, agent.perception.belief):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and dataclasses.is_dataclass(kind) and name in spoken:
                assert name in plan_evaluation.PENDING_CLASSES


@pytest.mark.parametrize("belief", [False, True])
def test_a_mind_with_a_pending_decision_comes_back_with_it(tmp_path: Path, belief: bool) -> None:
    world = worlds.make("playroom", seed=2, **(typing.cast(typing.Any, {"things": "seen"}) if belief else {}))
    config = SMALL.updated({"planner.async_planning": "inline", "model.belief": belief})
    mind = agent.Mind.born(world, seed=2, config=config)
    list(agent.live(world, mind, 12))
    mind.save(tmp_path / "mind")
    pending, back = mind.pending, agent.Mind.load(tmp_path / "mind").pending
    assert np.array_equal(back.action, pending.action)
    assert back.thought.hidden_objects == pending.thought.hidden_objects
    assert bool(pending.thought.hidden_objects) == belief


def test_a_decision_in_another_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = worlds.make("playroom", seed=2)
    mind = agent.Mind.born(world, seed=2, config=SMALL.updated({"planner.async_planning": "inline"}))
    list(agent.live(world, mind, 4))
    monkeypatch.setattr("agent.mind.to_state", lambda *rest: {"structure": {"dict": {"a": 1}}, "tensors": {}})
    mind.save(tmp_path / "mind")
    with pytest.raises(UserError, match="another housecat"):
        agent.Mind.load(tmp_path / "mind")
