from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces

from agent.sb3.adapter.spaces import SpaceConverter
from housecat.core.errors import UserError

BOX = spaces.Box(-1.0, 1.0, (3,))
IMAGE = spaces.Box(0, 255, (4, 4, 3), np.uint8)


def test_a_dict_gives_a_tensor_for_each_key_and_anything_else_one():
    named = SpaceConverter(spaces.Dict({"body": BOX, "eye": IMAGE}), BOX)
    assert set(named.obs_spaces) == {"body", "eye"}
    obs = named.obs_tensors({"body": np.ones((5, 2, 3)), "eye": np.full((5, 2, 4, 4, 3), 7, np.uint8)}, (5, 2))
    assert obs["body"].dtype == torch.float32
    assert obs["eye"].dtype == torch.uint8
    assert obs["eye"].shape == (5, 2, 4, 4, 3)
    assert set(SpaceConverter(BOX, BOX).obs_spaces) == {"obs"}


@pytest.mark.parametrize("lead", [(), (4,), (2, 3)])
def test_what_is_discrete_becomes_one_hot(lead):
    space = spaces.Dict({"one": spaces.Discrete(3, start=5), "many": spaces.MultiDiscrete([2, 3], start=[0, 1])})
    obs = {"one": np.full(lead, 6), "many": np.broadcast_to(np.array([1, 3]), (*lead, 2))}
    obs = SpaceConverter(space, BOX).obs_tensors(obs, lead)
    assert torch.equal(obs["one"], torch.tensor([0.0, 1.0, 0.0]).expand(*lead, 3))
    assert torch.equal(obs["many"], torch.tensor([0.0, 1.0, 0.0, 0.0, 1.0]).expand(*lead, 5))


def test_a_replay_buffers_extra_dimension_of_what_is_discrete_is_no_matter():
    obs = SpaceConverter(spaces.Discrete(3), BOX).obs_tensors(np.array([[0], [2]]), (2,))
    assert obs["obs"].tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_actions_of_a_bounded_box_go_from_minus_one_to_one_and_unbounded_ones_stay():
    low, high = np.array([0.0, -4.0], np.float32), np.array([10.0, 4.0], np.float32)
    bounded = SpaceConverter(BOX, spaces.Box(low, high))
    assert bounded.action_tensor(np.array([[0.0, 4.0], [5.0, 2.0]]), (2,)).tolist() == [[-1.0, 1.0], [0.0, 0.5]]
    assert bounded.action_tensor(np.array([[0.25, 1.0]]), (1,), scaled=True).tolist() == [[0.25, 1.0]]
    unbounded = SpaceConverter(BOX, spaces.Box(-np.inf, np.inf, (1,)))
    assert unbounded.action_tensor(np.array([[30.0]]), (1,)).tolist() == [[30.0]]


def test_actions_with_several_dimensions_are_one_row():
    converter = SpaceConverter(BOX, spaces.Box(-1.0, 1.0, (2, 2)))
    assert converter.action_size == 4
    assert converter.action_tensor(np.zeros((3, 2, 2)), (3,)).shape == (3, 4)


def test_an_unknown_space_is_refused():
    with pytest.raises(UserError, match=r"'obs' is a Text.*Give Box, Discrete"):
        SpaceConverter(spaces.Text(5), BOX)
