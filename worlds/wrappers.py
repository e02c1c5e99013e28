"""Wrappers: a world seen, or told of, in another way."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from worlds.deterministic_env import Obs


class PermutePixels(gymnasium.ObservationWrapper[Obs, npt.NDArray[np.float32], Obs]):
    """Shuffles the pixels of the sense ``eye``, always in the same way.

    Nothing that the picture tells is lost, and nothing of it is left for a person, or for a net that takes
    neighbouring pixels for neighbouring places: a thought experiment on what is complex to whom.

    Source: the talk that LeCun (2022), *A Path Towards Autonomous Machine Intelligence*, goes with.

    Args:
        env: With the sense ``eye``.
        seed: Of the shuffle.

    Raises:
        UserError: If there is no eye.
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
        """Returns the senses with the eye's pixels shuffled; the three colours of a pixel stay together."""
        eye = observation["eye"]
        return {**observation, "eye": eye.reshape(-1, eye.shape[-1])[self.order].reshape(eye.shape)}
