"""A replay buffer that computes the rewards of transitions when they are sampled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from agent.sb3.adapter.rollout_collector import Floats
from agent.sb3.adapter.spaces import Array, Obs

# Observations, stored actions, next observations, the environment's rewards (rows,), and stored costs by objective.
Relabel = Callable[[Obs, Array, Obs, Floats, dict[str, Tensor]], Tensor]


class RelabelingBuffer:
    """A mixin for replay buffers of Stable-Baselines3, to be named before them among the bases of a class.

    The buffer goes on holding the environment's rewards alone; sampled transitions have those that `relabel` returns.

    Attributes:
        plain_class: Class of the buffer without the mixin.
        samples_class: Class of the samples that it returns.
        relabel: Returns the rewards (rows,) of sampled transitions.
        stored_costs: Raw costs (size, B) of objectives whose cost is computed once, when a transition is collected.
    """

    plain_class: ClassVar[type]
    samples_class: ClassVar[Callable[..., Any]]
    relabel: Relabel
    stored_costs: dict[str, Floats]

    @classmethod
    def from_plain(cls, buffer: Any, relabel: Relabel, stored: list[str]) -> Any:
        """Returns a relabeling buffer that takes over the contents of a plain one.

        Args:
            buffer: The plain buffer, which must not be used any more.
            relabel: Returns the rewards (rows,) of sampled transitions.
            stored: Names of the objectives whose costs are stored.
        """
        made = cls.__new__(cls)
        made.__dict__.update(buffer.__dict__)
        made.stored_costs = {name: np.zeros(buffer.rewards.shape, np.float32) for name in stored}
        made.relabel = relabel
        return made

    def __reduce__(self) -> Any:
        """Pickles as the plain buffer that it was made of."""
        content = {key: value for key, value in self.__dict__.items() if key not in ("relabel", "stored_costs")}
        return self.plain_class.__new__, (self.plain_class,), content

    def store_costs(self, costs: dict[str, Tensor]) -> None:
        """Stores the raw costs (T, B) of the newest T transitions, of the objectives whose costs are stored."""
        buffer: Any = self  # with the attributes of the replay buffer beside it
        for name, values in self.stored_costs.items():
            cost = costs[name].numpy()[-buffer.buffer_size :]
            values[(buffer.pos - len(cost) + np.arange(len(cost))) % buffer.buffer_size] = cost

    def _get_samples(self, batch_inds: Array, env: Any = None) -> Any:
        buffer: Any = self
        env_inds = np.random.randint(0, high=buffer.n_envs, size=len(batch_inds))  # the same draw as the plain buffer's
        index = (batch_inds, env_inds)
        obs, actions = _take(buffer.observations, index), buffer.actions[index]
        if buffer.optimize_memory_usage:
            next_obs = _take(buffer.observations, ((batch_inds + 1) % buffer.buffer_size, env_inds))
        else:
            next_obs = _take(buffer.next_observations, index)
        env_reward = buffer._normalize_reward(buffer.rewards[index], env)
        stored = {name: torch.from_numpy(values[index]) for name, values in self.stored_costs.items()}
        reward = self.relabel(obs, actions, next_obs, env_reward, stored)
        obs, next_obs = (
            {k: buffer.to_torch(v) for k, v in part.items()} if isinstance(part, dict) else buffer.to_torch(part)
            for part in (buffer._normalize_obs(obs, env), buffer._normalize_obs(next_obs, env))
        )
        terminated = buffer.to_torch(buffer.dones[index] * (1 - buffer.timeouts[index])).reshape(-1, 1)
        # By position, since the classes of samples differ in their fields' types.
        reward = reward.to(buffer.device).reshape(-1, 1)
        return self.samples_class(obs, buffer.to_torch(actions), next_obs, terminated, reward)


def _take(arrays: Any, index: Any) -> Any:
    return {k: v[index] for k, v in arrays.items()} if isinstance(arrays, dict) else arrays[index]
