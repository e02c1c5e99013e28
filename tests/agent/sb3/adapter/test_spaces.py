from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces

from agent.sb3.adapter.spaces import Sensing
from housecat.core.errors import UserError

BOX = spaces.Box(-1.0, 1.0, (3,))
IMAGE = spaces.Box(0, 255, (4, 4, 3), np.uint8)


def test_a_dict_has_a_sense_for_each_key_and_anything_else_is_one():
    named = Sensing(spaces.Dict({"body": BOX, "eye": IMAGE}), BOX)
    assert set(named.spaces) == {"body", "eye"}
    senses = named.senses({"body": np.ones((5, 2, 3)), "eye": np.full((5, 2, 4, 4, 3), 7, np.uint8)}, (5, 2))
    assert senses["body"].dtype == torch.float32
    assert senses["eye"].dtype == torch.uint8
    assert senses["eye"].shape == (5, 2, 4, 4, 3)
    assert set(Sensing(BOX, BOX).spaces) == {"obs"}


@pytest.mark.parametrize("lead", [(), (4,), (2, 3)])
def test_what_is_discrete_becomes_one_hot(lead):
    space = spaces.Dict({"one": spaces.Discrete(3, start=5), "many": spaces.MultiDiscrete([2, 3], start=[0, 1])})
    obs = {"one": np.full(lead, 6), "many": np.broadcast_to(np.array([1, 3]), (*lead, 2))}
    senses = Sensing(space, BOX).senses(obs, lead)
    assert torch.equal(senses["one"], torch.tensor([0.0, 1.0, 0.0]).expand(*lead, 3))
    assert torch.equal(senses["many"], torch.tensor([0.0, 1.0, 0.0, 0.0, 1.0]).expand(*lead, 5))


def test_a_replay_buffers_extra_dimension_of_what_is_discrete_is_no_matter():
    senses = Sensing(spaces.Discrete(3), BOX).senses(np.array([[0], [2]]), (2,))
    assert senses["obs"].tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_actions_of_a_bounded_box_go_from_minus_one_to_one_and_unbounded_ones_stay():
    low, high = np.array([0.0, -4.0], np.float32), np.array([10.0, 4.0], np.float32)
    bounded = Sensing(BOX, spaces.Box(low, high))
    assert bounded.action(np.array([[0.0, 4.0], [5.0, 2.0]]), (2,)).tolist() == [[-1.0, 1.0], [0.0, 0.5]]
    assert bounded.action(np.array([[0.25, 1.0]]), (1,), scaled=True).tolist() == [[0.25, 1.0]]
    unbounded = Sensing(BOX, spaces.Box(-np.inf, np.inf, (1,)))
    assert unbounded.action(np.array([[30.0]]), (1,)).tolist() == [[30.0]]


def test_actions_with_several_dimensions_are_one_row():
    sensing = Sensing(BOX, spaces.Box(-1.0, 1.0, (2, 2)))
    assert sensing.actions == 4
    assert sensing.action(np.zeros((3, 2, 2)), (3,)).shape == (3, 4)


def test_a_space_that_nobody_knows_is_refused():
    with pytest.raises(UserError, match=r"'obs' is a Text.*Give Box, Discrete"):
        Sensing(spaces.Text(5), BOX)
