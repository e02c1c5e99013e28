"""Transitions as an algorithm of Stable-Baselines3 lives them, with the true ends of episodes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from agent.sb3.adapter.spaces import Array, Obs

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


class RolloutCollector:
    """Collects transitions of B environments step by step."""

    def __init__(self) -> None:
        self._kept: list[tuple[Obs, Array, Obs, Floats, Bools]] = []
        self._before: Obs = {}

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, obs: Obs) -> None:
        """Starts from observations (B, ...)."""
        self._kept.clear()
        self._before = _held(obs)

    def add(
        self, action: Array, new_obs: Obs, reward: Floats, dones: Bools, infos: list[dict[str, Any]], scale: Any = None
    ) -> None:
        """Takes in a step.

        Args:
            action: (B, ...) as the environments took it.
            new_obs: (B, ...) what the algorithm sees next: where an episode ended, the beginning of another.
            reward: (B,) of the environments.
            dones: (B,) whether an episode ended.
            infos: With ``terminal_observation`` where one did.
            scale: The VecNormalize whose unit that observation has, if any.
        """
        after = _held(new_obs)
        if dones.any():
            after = {k: v.copy() for k, v in after.items()} if isinstance(after, dict) else after.copy()
            for i in np.flatnonzero(dones):
                last = infos[i]["terminal_observation"]
                last = last if scale is None else scale.unnormalize_obs(last)
                for whole, one in ((after[k], last[k]) for k in after) if isinstance(after, dict) else ((after, last),):
                    whole[i] = one
        self._kept.append((self._before, action, after, reward.copy(), dones))
        self._before = _held(new_obs)

    def take(self) -> tuple[Obs, Array, Obs, Floats, Bools]:
        """Returns observations before, actions, observations after, rewards and ends, (T, B, ...); forgets them."""
        before, action, after, reward, dones = zip(*self._kept, strict=True)
        self._kept.clear()
        return _stack(before), np.stack(action), _stack(after), np.stack(reward), np.stack(dones)


def _held(obs: Obs) -> Obs:
    """Returns observations that stay as they are: replay buffers reshape those that they are given."""
    return dict(obs) if isinstance(obs, dict) else obs


def _stack(obs: tuple[Obs, ...]) -> Obs:
    first = obs[0]
    if isinstance(first, dict):
        return {key: np.stack([o[key] for o in cast("tuple[dict[str, Array], ...]", obs)]) for key in first}
    return np.stack(cast("tuple[Array, ...]", obs))
