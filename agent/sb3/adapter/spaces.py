"""Observations and actions of any Gymnasium environment as the tensors that objectives read."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from torch import Tensor

from housecat.core.errors import UserError

Array = npt.NDArray[Any]
Obs = Array | dict[str, Array]
UNNAMED = "obs"  # name of an observation that is no Dict


def is_image(space: spaces.Space[Any]) -> bool:
    """Returns whether a space is one of images: bytes with height, width and channels."""
    return isinstance(space, spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3


class SpaceConverter:
    r"""Converts batches of observations and actions of an environment into tensors.

    A Dict observation becomes a tensor for each of its keys; any other is the one tensor ``obs``. Boxes keep their
    shape and their units, images stay bytes, and what is discrete becomes one-hot. Actions become (\*lead, A): a Box
    scaled to -1 to 1 by its bounds (where it has any), Discrete and MultiDiscrete one-hot.

    Args:
        observation_space: Observation space of the environment.
        action_space: Action space of the environment.

    Attributes:
        obs_spaces: Space of each part of the observation, by name.
        action_space: Action space of the environment.
        action_size: Numbers of an action as a tensor, A.

    Raises:
        UserError: If a space is of a kind that Stable-Baselines3 does not know either.
    """

    def __init__(self, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
        parts = observation_space.spaces if isinstance(observation_space, spaces.Dict) else {UNNAMED: observation_space}
        self.obs_spaces: dict[str, spaces.Space[Any]] = dict(parts)
        self.action_space = action_space
        for name, space in (*self.obs_spaces.items(), ("the action", action_space)):
            if not isinstance(space, spaces.Box | spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary):
                raise UserError(f"{name!r} is a {space}. Give Box, Discrete, MultiDiscrete or MultiBinary spaces")
        self.action_size = spaces.flatdim(action_space)

    def same_spaces(self, other: SpaceConverter) -> bool:
        """Returns whether another environment has the same observation and action spaces."""
        return (self.obs_spaces, self.action_space) == (other.obs_spaces, other.action_space)

    def obs_tensors(self, obs: Obs, lead: tuple[int, ...]) -> dict[str, Tensor]:
        r"""Returns observations as tensors by name, each (\*lead, ...).

        Args:
            obs: Observations of the environment, (\*lead, ...), by name where the space is a Dict.
            lead: Leading shape.
        """
        parts = obs if isinstance(obs, dict) else {UNNAMED: obs}
        return {name: _tensor(parts[name], space, lead) for name, space in self.obs_spaces.items()}

    def action_tensor(self, action: Array, lead: tuple[int, ...], scaled: bool = False) -> Tensor:
        r"""Returns actions as a tensor (\*lead, A).

        Args:
            action: Actions as the environment took them.
            lead: Leading shape.
            scaled: True where Box actions are -1 to 1 already, as in a replay buffer.
        """
        space = self.action_space
        tensor = _tensor(action, space, lead)
        if isinstance(space, spaces.Box) and not scaled and space.is_bounded():
            low, high = (torch.from_numpy(np.asarray(edge, np.float32)) for edge in (space.low, space.high))
            tensor = 2.0 * (tensor - low) / (high - low).clamp_min(1e-6) - 1.0
        return tensor.reshape(*lead, self.action_size)


def _tensor(array: Array, space: spaces.Space[Any], lead: tuple[int, ...]) -> Tensor:
    if isinstance(space, spaces.Box):
        tensor = torch.from_numpy(np.ascontiguousarray(array)).reshape(*lead, *space.shape)
        return tensor if is_image(space) else tensor.float()
    if isinstance(space, spaces.MultiBinary):
        return torch.from_numpy(np.asarray(array, np.float32)).reshape(*lead, -1)
    if isinstance(space, spaces.Discrete):
        index = torch.from_numpy(np.asarray(array, np.int64)).reshape(*lead, 1) - int(space.start)
        return torch.zeros(*lead, int(space.n)).scatter_(-1, index, 1.0)
    assert isinstance(space, spaces.MultiDiscrete)
    sizes = torch.tensor(space.nvec.reshape(-1).astype(np.int64))
    index = torch.tensor(np.asarray(array, np.int64)).reshape(*lead, len(sizes))
    index = index - torch.tensor(np.asarray(space.start, np.int64).reshape(-1)) + sizes.cumsum(0) - sizes
    return torch.zeros(*lead, int(sizes.sum())).scatter_(-1, index, 1.0)
