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
ONLY = "obs"  # the sense of an environment whose observation has no names


def is_image(space: spaces.Space[Any]) -> bool:
    """Tells whether a sense is a picture: bytes with height, width and channels."""
    return isinstance(space, spaces.Box) and space.dtype == np.uint8 and len(space.shape) == 3


class Sensing:
    r"""Turns batches of observations and actions into tensors.

    A Dict observation has a sense for each of its keys; any other is the one sense ``obs``. Boxes keep their shape
    and their units, pictures stay bytes, and what is discrete becomes one-hot. Actions become (\*lead, A): a Box
    scaled to -1 to 1 by its bounds (where it has any), Discrete and MultiDiscrete one-hot.

    Attributes:
        spaces: Space of each sense.
        actions: Width A of an action.

    Raises:
        UserError: If a space is of a kind that Stable-Baselines3 does not know either.
    """

    def __init__(self, observation_space: spaces.Space[Any], action_space: spaces.Space[Any]) -> None:
        parts = observation_space.spaces if isinstance(observation_space, spaces.Dict) else {ONLY: observation_space}
        self.spaces: dict[str, spaces.Space[Any]] = dict(parts)
        self.action_space = action_space
        for name, space in (*self.spaces.items(), ("the action", action_space)):
            if not isinstance(space, spaces.Box | spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary):
                raise UserError(f"{name!r} is a {space}. Give Box, Discrete, MultiDiscrete or MultiBinary spaces")
        self.actions = spaces.flatdim(action_space)

    def fits(self, other: Sensing) -> bool:
        """Tells whether another environment has the same observations and actions."""
        return (self.spaces, self.action_space) == (other.spaces, other.action_space)

    def senses(self, obs: Obs, lead: tuple[int, ...]) -> dict[str, Tensor]:
        r"""Returns each sense as a tensor (\*lead, ...)."""
        parts = obs if isinstance(obs, dict) else {ONLY: obs}
        return {name: _tensor(parts[name], space, lead) for name, space in self.spaces.items()}

    def action(self, action: Array, lead: tuple[int, ...], scaled: bool = False) -> Tensor:
        r"""Returns actions (\*lead, A).

        Args:
            action: As the environment took them.
            lead: Leading shape.
            scaled: True where Box actions are -1 to 1 already, as in a replay buffer.
        """
        space = self.action_space
        tensor = _tensor(action, space, lead)
        if isinstance(space, spaces.Box) and not scaled and space.is_bounded():
            low, high = (torch.from_numpy(np.asarray(edge, np.float32)) for edge in (space.low, space.high))
            tensor = 2.0 * (tensor - low) / (high - low).clamp_min(1e-6) - 1.0
        return tensor.reshape(*lead, self.actions)


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
