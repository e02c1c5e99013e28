"""A replay buffer that judges what it holds anew whenever it is sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from agent.sb3.adapter.rollout_collector import Floats
from agent.sb3.adapter.spaces import Array, Obs

# Observations before, stored actions, observations after, the environment's rewards (rows,), and what was kept.
Judge = Callable[[Obs, Array, Obs, Floats, dict[str, Tensor]], Tensor]


class RelabelingBuffer:
    """Goes before a replay buffer of Stable-Baselines3 among the bases of a class.

    The buffer goes on holding the environment's rewards alone; what is sampled has those that `judge` gives.

    Attributes:
        plain: Class of the buffer.
        samples: What it returns as a sample.
        judge: Judges transitions.
        kept: Raw costs (size, B) of objectives that judge a transition once, when it is lived.
    """

    plain: ClassVar[type]
    samples: ClassVar[Callable[..., Any]]
    judge: Judge
    kept: dict[str, Floats]

    @classmethod
    def of(cls, buffer: Any, judge: Judge, once: list[str]) -> Any:
        """Returns a judged buffer with the contents of a plain one.

        Args:
            buffer: The plain one, of which no more use is to be made.
            judge: Judges transitions.
            once: Names of the objectives that judge but once.
        """
        judged = cls.__new__(cls)
        judged.__dict__.update(buffer.__dict__)
        judged.kept = {name: np.zeros(buffer.rewards.shape, np.float32) for name in once}
        judged.judge = judge
        return judged

    def __reduce__(self) -> Any:
        """Is saved as the plain buffer that it was made of."""
        content = {key: value for key, value in self.__dict__.items() if key not in ("judge", "kept")}
        return self.plain.__new__, (self.plain,), content

    def keep(self, costs: dict[str, Tensor]) -> None:
        """Keeps the raw costs (T, B) of the newest T transitions."""
        it: Any = self
        for name, values in self.kept.items():
            cost = costs[name].numpy()[-it.buffer_size :]
            values[(it.pos - len(cost) + np.arange(len(cost))) % it.buffer_size] = cost

    def _get_samples(self, batch_inds: Array, env: Any = None) -> Any:
        it: Any = self
        lives = np.random.randint(0, high=it.n_envs, size=len(batch_inds))  # the same draw as the plain buffer's
        at = (batch_inds, lives)
        before, actions = _at(it.observations, at), it.actions[at]
        if it.optimize_memory_usage:
            after = _at(it.observations, ((batch_inds + 1) % it.buffer_size, lives))
        else:
            after = _at(it.next_observations, at)
        raw = it._normalize_reward(it.rewards[at], env)
        kept = {name: torch.from_numpy(values[at]) for name, values in self.kept.items()}
        reward = self.judge(before, actions, after, raw, kept)
        before, after = (
            {k: it.to_torch(v) for k, v in obs.items()} if isinstance(obs, dict) else it.to_torch(obs)
            for obs in (it._normalize_obs(before, env), it._normalize_obs(after, env))
        )
        ends = it.to_torch(it.dones[at] * (1 - it.timeouts[at])).reshape(-1, 1)
        # A type per kind of buffer, so by position: observations, actions, next ones, ends, rewards.
        return self.samples(before, it.to_torch(actions), after, ends, reward.to(it.device).reshape(-1, 1))


def _at(arrays: Any, index: Any) -> Any:
    return {k: v[index] for k, v in arrays.items()} if isinstance(arrays, dict) else arrays[index]
