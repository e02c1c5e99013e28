"""A callback that adds intrinsic rewards to the algorithms of Stable-Baselines3: see `IntrinsicReward`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from agent.sb3.adapter import (
    ObjectiveHost,
    RelabelingBuffer,
    RolloutCollector,
    SpaceConverter,
    Transitions,
    load_host,
    save_host,
)
from agent.sb3.adapter.rollout_collector import Floats
from agent.sb3.adapter.spaces import Array, Obs
from housecat.core.errors import UserError
from intrinsic import Mixture, Objective

try:
    from stable_baselines3 import PPO
    from stable_baselines3.common.buffers import DictReplayBuffer, ReplayBuffer
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.off_policy_algorithm import OffPolicyAlgorithm
    from stable_baselines3.common.on_policy_algorithm import OnPolicyAlgorithm
    from stable_baselines3.common.type_aliases import DictReplayBufferSamples, ReplayBufferSamples
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("agent.sb3 needs Stable-Baselines3: pip install 'housecat[sb3]'") from error

__all__ = ["PPO", "IntrinsicReward", "make_vec_env"]  # Stable-Baselines3's own too: studies get them from here

WARMUP_TRANSITIONS = 256  # collected off-policy before objectives first see any: normalization needs enough of them


class IntrinsicReward(BaseCallback):
    """Adds what objectives find rewarding (minus their cost) to the rewards that an algorithm learns from.

    ``PPO("MlpPolicy", "MountainCarContinuous-v0").learn(50_000, IntrinsicReward({"disagreement": 1.0}))``

    On-policy algorithms (PPO, A2C and their kin) get it in their rollout buffer, whose returns and advantages are
    computed again. Off-policy ones (DQN, SAC, TD3 and their kin) get it as they sample from their replay buffer, which
    goes on holding the environment's rewards alone: costs are computed again each time a transition is sampled, so that
    what was new once does not stay rewarding. Only objectives with an episodic memory compute a cost once, when the
    transition is collected.

    An error of an objective is raised by `learn`. Logged are ``intrinsic/<name>``, each objective's mean reward per
    step, with its weight, on the common scale; ``intrinsic/total``; ``extrinsic/reward``, the environment's; and
    ``intrinsic_loss/<name>``, the loss of each objective that learns. ``rollout/ep_rew_mean`` stays the environment's
    return.

    Args:
        objectives: Weight of each objective, by name, ``file.py:Class`` or object; or a `Mixture`, whose weights may be
            changed during learning. A weight of 1 is a root mean square reward of 1 per step, unless the objective has
            a unit.
        extrinsic: Factor of the environment's reward; 0 for curiosity alone.
        epochs: Passes of an on-policy rollout that objectives and world model learn from.
        batch: Transitions per update of objectives and world model.
        learning_rate: Learning rate of Adam, for objectives and world model.
        seed: Seed of objectives and world model; the algorithm's own random numbers are left alone.

    Raises:
        UserError: If an objective is unknown or cannot be made.
    """

    def __init__(
        self,
        objectives: Mapping[str, float] | Mapping[Objective, float] | Mapping[str | Objective, float] | Mixture,
        *,
        extrinsic: float = 1.0,
        epochs: int = 2,
        batch: int = 256,
        learning_rate: float = 1e-3,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.mixture = objectives if isinstance(objectives, Mixture) else Mixture(objectives)
        self.extrinsic, self.epochs, self.batch, self.seed = extrinsic, epochs, batch, seed
        self.learning_rate = learning_rate
        self._host: ObjectiveHost | None = None
        self._load_path: Path | None = None
        self._collector = RolloutCollector()

    @property
    def host(self) -> ObjectiveHost:
        """The host of the objectives, made when a model begins to learn."""
        assert self._host is not None, "there is no host before `learn`"
        return self._host

    def save(self, path: str | Path) -> None:
        """Writes what the objectives learned to a file.

        Raises:
            UserError: If nothing was learned yet, or the file cannot be written.
        """
        if self._host is None:
            raise UserError("there is nothing to save before `learn`")
        save_host(self.host, Path(path))

    def load(self, path: str | Path) -> None:
        """Restores what the same objectives learned in environments with the same spaces.

        Before the first `learn`, the file is read when learning begins.

        Raises:
            UserError: If the file is not one that `save` wrote, or does not fit; raised when the file is read.
        """
        self._load_path = Path(path)
        if self._host is not None:
            load_host(self.host, self._load_path)

    def _init_callback(self) -> None:
        model = self.model
        if not isinstance(model, OnPolicyAlgorithm | OffPolicyAlgorithm):
            raise UserError(f"{type(model).__name__} is neither on-policy nor off-policy as Stable-Baselines3 has them")
        converter = SpaceConverter(model.observation_space, model.action_space)
        if self._host is None:
            host = ObjectiveHost(self.mixture, converter, model.n_envs, self.seed, self.batch, self.learning_rate)
            if self._load_path is not None:
                load_host(host, self._load_path)
            self._host = host
        elif not converter.same_spaces(self._host.converter) or self._host.num_envs != model.n_envs:
            raise UserError(
                "this IntrinsicReward was used with other observation or action spaces, or another number of "
                "environments. Make a new IntrinsicReward"
            )
        if isinstance(model, OffPolicyAlgorithm):
            plain = getattr(model.replay_buffer, "plain_class", type(model.replay_buffer))
            if plain not in RELABELING_CLASSES:
                raise UserError(
                    f"the replay buffer is a {plain.__name__}. Rewards can be computed anew in a ReplayBuffer or a "
                    "DictReplayBuffer: leave out replay_buffer_class, and n_steps at 1"
                )
            relabeling = RELABELING_CLASSES[plain]
            model.replay_buffer = relabeling.from_plain(model.replay_buffer, self._relabel, self.host.episodic)

    def _on_training_start(self) -> None:
        self.host.reset_memories(torch.as_tensor(self.model._last_episode_starts))
        self._collector.start(self._unnormalized(self.model._last_obs))

    def _unnormalized(self, obs: Any) -> Obs:
        """Returns observations in the environment's units, also where VecNormalize normalized them."""
        normalizer = self.model.get_vec_normalize_env()
        return cast(Obs, obs if normalizer is None else normalizer.get_original_obs())

    def _on_step(self) -> bool:
        step = self.locals
        self._collector.add(
            step.get("clipped_actions", step["actions"]),
            self._unnormalized(step["new_obs"]),
            step["rewards"],
            step["dones"],
            step["infos"],
            self.model.get_vec_normalize_env(),
        )
        return True

    def _on_rollout_end(self) -> None:
        model = self.model
        if isinstance(model, OnPolicyAlgorithm):
            self._reward_rollout(model)
        elif isinstance(model, OffPolicyAlgorithm) and (
            model.num_timesteps > model.learning_starts or len(self._collector) * model.n_envs >= WARMUP_TRANSITIONS
        ):
            self._observe_collected()

    def _on_training_end(self) -> None:
        if len(self._collector):  # another callback stopped learning, or it ended before the first update
            self._observe_collected()

    def _observe_collected(self) -> tuple[dict[str, Tensor], dict[str, Tensor], Floats]:
        """Shows collected transitions to the objectives; returns view, raw costs and the environment's rewards."""
        obs, action, next_obs, reward, dones = self._collector.take()
        view, costs = self.host.observe(self._transitions(obs, action, next_obs, dones.shape), torch.from_numpy(dones))
        buffer = getattr(self.model, "replay_buffer", None)
        if isinstance(buffer, RelabelingBuffer):
            buffer.store_costs(costs)
        return view, costs, reward

    def _transitions(
        self, obs: Obs, action: Array, next_obs: Obs, lead: tuple[int, ...], scaled: bool = False
    ) -> Transitions:
        convert = self.host.converter
        actions = convert.action_tensor(action, lead, scaled)
        return Transitions(convert.obs_tensors(obs, lead), actions, convert.obs_tensors(next_obs, lead))

    def _reward_rollout(self, model: OnPolicyAlgorithm) -> None:
        view, costs, env_rewards = self._observe_collected()
        rewards = self.host.rewards(costs)
        total = torch.stack(list(rewards.values())).sum(0)
        buffer = model.rollout_buffer
        # Added, not set: the buffer's rewards hold the value of the future where a time limit ended an episode.
        buffer.rewards += total.numpy() + (self.extrinsic - 1.0) * env_rewards
        buffer.compute_returns_and_advantage(self.locals["values"], self.locals["dones"])
        updates = max(1, self.epochs * env_rewards.size // self.batch)
        self._log(rewards, total, env_rewards, self.host.learn(view, updates))

    def _relabel(
        self, obs: Obs, action: Array, next_obs: Obs, env_rewards: Floats, stored: dict[str, Tensor]
    ) -> Tensor:
        """Returns the current rewards (rows,) of replayed transitions, and trains the objectives on these."""
        transitions = self._transitions(obs, action, next_obs, env_rewards.shape, scaled=True)
        view, costs = self.host.evaluate(transitions, stored)
        rewards = self.host.rewards(costs)
        total = torch.stack(list(rewards.values())).sum(0)
        self._log(rewards, total, env_rewards, self.host.learn(view, 1))
        return total + self.extrinsic * torch.from_numpy(env_rewards)

    def _log(self, rewards: dict[str, Tensor], total: Tensor, env_rewards: Floats, losses: dict[str, float]) -> None:
        for name, reward in {**rewards, "total": total}.items():
            self.logger.record_mean(f"intrinsic/{name}", float(reward.mean()))
        self.logger.record_mean("extrinsic/reward", float(env_rewards.mean()))
        for name, loss in losses.items():
            self.logger.record_mean(f"intrinsic_loss/{name}", loss)


class _RelabelingReplayBuffer(RelabelingBuffer, ReplayBuffer):
    plain_class, samples_class = ReplayBuffer, ReplayBufferSamples


class _RelabelingDictReplayBuffer(RelabelingBuffer, DictReplayBuffer):
    plain_class, samples_class = DictReplayBuffer, DictReplayBufferSamples


RELABELING_CLASSES: dict[type, type[RelabelingBuffer]] = {
    ReplayBuffer: _RelabelingReplayBuffer,
    DictReplayBuffer: _RelabelingDictReplayBuffer,
}
