"""Collects the transitions of vectorized environments, with the true last observations of episodes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from agent.sb3.adapter.spaces import Array, Obs

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


class RolloutCollector:
    """Collects transitions of B environments step by step.

    Vectorized environments return the first observation of the next episode with an episode's last step; here, a
    transition ends with the last observation of its own episode.
    """

    def __init__(self) -> None:
        self._transitions: list[tuple[Obs, Array, Obs, Floats, Bools]] = []
        self._last_obs: Obs = {}

    def __len__(self) -> int:
        return len(self._transitions)

    def start(self, obs: Obs) -> None:
        """Drops what was collected, and starts from observations (B, ...)."""
        self._transitions.clear()
        self._last_obs = _copy_dict(obs)

    def add(
        self,
        action: Array,
        new_obs: Obs,
        reward: Floats,
        dones: Bools,
        infos: list[dict[str, Any]],
        normalizer: Any = None,
    ) -> None:
        """Adds a step of the environments.

        Args:
            action: (B, ...) actions as the environments took them.
            new_obs: (B, ...) observations that the algorithm gets next: where an episode ended, the first of the next.
            reward: (B,) rewards of the environments.
            dones: (B,) whether an episode ended.
            infos: Info dicts of the environments, with ``terminal_observation`` where an episode ended.
            normalizer: The VecNormalize that has normalized ``terminal_observation``, if any.
        """
        next_obs = _copy_dict(new_obs)
        if dones.any():
            next_obs = {k: v.copy() for k, v in next_obs.items()} if isinstance(next_obs, dict) else next_obs.copy()
            for i in np.flatnonzero(dones):
                last = infos[i]["terminal_observation"]
                last = last if normalizer is None else normalizer.unnormalize_obs(last)
                if isinstance(next_obs, dict):
                    for key, values in next_obs.items():
                        values[i] = last[key]
                else:
                    next_obs[i] = last
        self._transitions.append((self._last_obs, action, next_obs, reward.copy(), dones))
        self._last_obs = _copy_dict(new_obs)

    def take(self) -> tuple[Obs, Array, Obs, Floats, Bools]:
        """Returns observations, actions, next observations, rewards and dones, each (T, B, ...), and drops them."""
        obs, action, next_obs, reward, dones = zip(*self._transitions, strict=True)
        self._transitions.clear()
        return _stack(obs), np.stack(action), _stack(next_obs), np.stack(reward), np.stack(dones)


def _copy_dict(obs: Obs) -> Obs:
    """Returns a Dict observation as a new dict, since replay buffers replace entries of the one they are given."""
    return dict(obs) if isinstance(obs, dict) else obs


def _stack(obs: tuple[Obs, ...]) -> Obs:
    first = obs[0]
    if isinstance(first, dict):
        return {key: np.stack([o[key] for o in cast("tuple[dict[str, Array], ...]", obs)]) for key in first}
    return np.stack(cast("tuple[Array, ...]", obs))
