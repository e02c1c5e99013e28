"""What a mind refuses to take in, before anything is overwritten."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import agent
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World

Obs = dict[str, Any]


def all_of(mind: agent.Mind) -> dict[str, torch.Tensor]:
    return {k: v.clone() for k, v in (mind.state_dict() | mind.memory.state_dict()).items() if k != "costs"}


def spoilt(sense: str, where: tuple[int, ...], value: float) -> Callable[[Obs], Obs]:
    def spoil(obs: Obs) -> Obs:
        changed = obs[sense].copy()
        changed[where] = value
        return {**obs, sense: changed}

    return spoil


UNSOUND: list[tuple[Callable[[Obs], Obs], str]] = [
    (spoilt("things", (2, 3), np.nan), r"'things' has nan at row 2 \(green cube\), number 3 \(velocity x\)"),
    (spoilt("vitals", (1,), np.inf), r"'vitals' has inf at number 1 \(damage rate\)"),
    (spoilt("body", (0,), -1e30), r"'body' has -1.0000000150474662e\+30 at number 0 \(x\)"),
    (lambda obs: {**obs, "things": obs["things"][:-1]}, r"'things' has the shape \(7, 19\) now.*it had \(8, 19\)"),
    (lambda obs: {**obs, "touch": np.zeros(9, np.float32)}, r"'touch' has the shape \(9,\) now"),
    (lambda obs: {k: v for k, v in obs.items() if k != "vitals"}, "senses vitals are missing"),
    (lambda obs: {**obs, "body": np.array(["x"] * len(obs["body"]))}, "not numbers"),
]


def test_a_sense_that_is_not_sound_is_named_and_nothing_is_overwritten(world: World, mind: agent.Mind) -> None:
    list(agent.live(world, mind, 25))
    before, obs, steps = all_of(mind), world.observe(), mind.steps
    action = np.zeros(mind.actions, np.float32)
    for spoil, message in UNSOUND:
        for do in (lambda bad: mind.act(bad), lambda bad: mind.observe(obs, action, bad)):
            with pytest.raises(UserError, match=message):
                do(spoil(obs))
    after = all_of(mind)
    assert all(torch.equal(before[k], after[k]) for k in before)
    assert mind.steps == steps


def test_a_sense_that_goes_bad_in_the_middle_of_a_life_ends_it_in_words(world: World, mind: agent.Mind) -> None:
    sense, seen = world.observe, iter(range(1000))

    def blinded() -> Obs:
        return spoilt("things", (0, 0), np.nan)(sense()) if next(seen) > 5 else sense()

    world.observe = blinded  # type: ignore[method-assign]
    lived = []
    with pytest.raises(UserError, match=r"row 0 \(red ball\), number 0 \(x\)"):
        lived += agent.live(world, mind, 20)
    assert all(torch.isfinite(v).all() for v in mind.memory.state_dict()["obs.things"])


def test_attending_to_more_things_than_there_are_is_refused(world: World) -> None:
    with pytest.raises(
        UserError,
        match=r"attention.num_attended=9, and this world has 8 things: red ball, .*at most attention.num_attended=8",
    ):
        agent.Mind.born(world, config=SMALL.updated({"attention.num_attended": 9}))
