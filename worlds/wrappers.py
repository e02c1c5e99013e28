"""Wrappers that change the observations of a world."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from worlds.deterministic_env import Obs


class PermutePixels(gymnasium.ObservationWrapper[Obs, npt.NDArray[np.float32], Obs]):
    """Permutes the pixels of the sense ``eye``, always in the same way.

    The picture's information is kept, but neighbouring pixels are no longer neighbouring places: neither a person nor a
    convolutional net can read it. A thought experiment on what is complex to whom.

    Source: the talk that accompanies LeCun (2022), *A Path Towards Autonomous Machine Intelligence*.

    Args:
        env: An environment with the sense ``eye``.
        seed: Seed of the permutation.

    Raises:
        UserError: If the environment has no such sense.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], seed: int = 0) -> None:
        super().__init__(env)
        space = env.observation_space
        if not (isinstance(space, gymnasium.spaces.Dict) and "eye" in space.spaces):
            senses = ", ".join(space.spaces) if isinstance(space, gymnasium.spaces.Dict) else "no named senses"
            raise UserError(f"glasses need an eye, and this world has {senses}: make it with senses=(..., 'eye')")
        height, width, _ = space["eye"].shape or (0, 0, 0)
        self.order = np.random.default_rng(seed).permutation(height * width)

    def observation(self, observation: Obs) -> Obs:
        """Returns the observation with permuted pixels; the three colours of a pixel stay together."""
        eye = observation["eye"]
        return {**observation, "eye": eye.reshape(-1, eye.shape[-1])[self.order].reshape(eye.shape)}
