"""Objectives as rewards of Stable-Baselines3's algorithms: see `IntrinsicReward`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from agent.sb3.adapter import ObjectiveHost, RelabelingBuffer, RolloutCollector, Sensing, Stretch
from agent.sb3.adapter import host_checkpoint as saving
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

WARM = 256  # transitions lived off-policy before the first are judged: latents need a scale to stand on


class IntrinsicReward(BaseCallback):
    """Adds what objectives find rewarding (minus their cost) to the rewards that an algorithm learns from.

    ``PPO("MlpPolicy", "MountainCarContinuous-v0").learn(50_000, IntrinsicReward({"disagreement": 1.0}))``

    On-policy algorithms (PPO, A2C and their kin) get it in their rollout buffer, whose returns and advantages are
    computed again. Off-policy ones (DQN, SAC, TD3 and their kin) get it as they sample from their replay buffer, which
    goes on holding the environment's rewards alone: every transition is judged anew each time, so that what was new
    once does not stay rewarding. Only objectives with an episodic memory judge once, when they had it.

    Whatever an objective raises, `learn` raises. Logged are ``intrinsic/<name>``, each objective's mean reward per
    step, with its weight, on the common scale; ``intrinsic/total``; ``extrinsic/reward``, the environment's; and
    ``intrinsic_loss/<name>`` of what learns. ``rollout/ep_rew_mean`` stays the environment's return.

    Args:
        objectives: Weight of each, by name, ``file.py:Class`` or object; or a `Mixture`, whose weights may be changed
            while it learns. A weight of 1 is a root mean square reward of 1 per step, unless the objective has a unit.
        extrinsic: Factor of the environment's reward; 0 for curiosity alone.
        epochs: Passes of an on-policy rollout that objectives and world model learn from.
        batch: Transitions per update of these.
        learning_rate: Of Adam, for these.
        seed: For these; the algorithm's own random numbers are left alone.

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
        self._made: ObjectiveHost | None = None
        self._file: Path | None = None
        self._lived = RolloutCollector()

    @property
    def host(self) -> ObjectiveHost:
        """What carries the objectives; there is one once a model has begun to learn."""
        assert self._made is not None, "there is no host before `learn`"
        return self._made

    def save(self, path: str | Path) -> None:
        """Writes what the objectives learnt to a file.

        Raises:
            UserError: If nothing was learnt yet, or the file cannot be written.
        """
        if self._made is None:
            raise UserError("there is nothing to save before `learn`")
        saving.write(self.host, Path(path))

    def load(self, path: str | Path) -> None:
        """Takes on what the same objectives learnt in environments of the same kind, at the latest when they learn.

        Raises:
            UserError: From `learn` or at once, if the file is none of `save`, or does not fit.
        """
        self._file = Path(path)
        if self._made is not None:
            saving.read(self.host, self._file)

    def _init_callback(self) -> None:
        model = self.model
        if not isinstance(model, OnPolicyAlgorithm | OffPolicyAlgorithm):
            raise UserError(f"{type(model).__name__} is neither on-policy nor off-policy as Stable-Baselines3 has them")
        sensing = Sensing(model.observation_space, model.action_space)
        if self._made is None:
            made = ObjectiveHost(self.mixture, sensing, model.n_envs, self.seed, self.batch, self.learning_rate)
            if self._file is not None:
                saving.read(made, self._file)
            self._made = made
        elif not sensing.fits(self._made.sensing) or self._made.lives != model.n_envs:
            raise UserError("these objectives have lived in other environments. Give a new IntrinsicReward")
        if isinstance(model, OffPolicyAlgorithm):
            buffer = getattr(model.replay_buffer, "plain", type(model.replay_buffer))
            if buffer not in JUDGED:
                raise UserError(
                    f"the replay buffer is a {buffer.__name__}. Rewards can be judged anew in a ReplayBuffer or a "
                    "DictReplayBuffer: leave out replay_buffer_class, and n_steps at 1"
                )
            model.replay_buffer = JUDGED[buffer].of(model.replay_buffer, self._judge, self.host.episodic)

    def _on_training_start(self) -> None:
        self.host.begin(torch.as_tensor(self.model._last_episode_starts))
        self._lived.begin(self._unscaled(self.model._last_obs))

    def _unscaled(self, obs: Any) -> Obs:
        """Returns observations in the environment's units, also where VecNormalize hides them."""
        normalizer = self.model.get_vec_normalize_env()
        return cast(Obs, obs if normalizer is None else normalizer.get_original_obs())

    def _on_step(self) -> bool:
        now = self.locals
        self._lived.add(
            now.get("clipped_actions", now["actions"]),
            self._unscaled(now["new_obs"]),
            now["rewards"],
            now["dones"],
            now["infos"],
            self.model.get_vec_normalize_env(),
        )
        return True

    def _on_rollout_end(self) -> None:
        model = self.model
        if isinstance(model, OnPolicyAlgorithm):
            self._reward_rollout(model)
        elif isinstance(model, OffPolicyAlgorithm) and (
            model.num_timesteps > model.learning_starts or len(self._lived) * model.n_envs >= WARM
        ):
            self._live()

    def _on_training_end(self) -> None:
        if len(self._lived):  # another callback stopped it, or it ended before it learnt
            self._live()

    def _live(self) -> tuple[dict[str, Tensor], dict[str, Tensor], Floats]:
        """Lets objectives take in what was lived since; returns view, raw costs and the environment's rewards."""
        before, action, after, reward, dones = self._lived.take()
        view, costs = self.host.live(self._stretch(before, action, after, dones.shape), torch.from_numpy(dones))
        buffer = getattr(self.model, "replay_buffer", None)
        if isinstance(buffer, RelabelingBuffer):
            buffer.keep(costs)
        return view, costs, reward

    def _stretch(self, before: Obs, action: Array, after: Obs, lead: tuple[int, ...], scaled: bool = False) -> Stretch:
        sensing = self.host.sensing
        return Stretch(sensing.senses(before, lead), sensing.action(action, lead, scaled), sensing.senses(after, lead))

    def _reward_rollout(self, model: OnPolicyAlgorithm) -> None:
        view, costs, raw = self._live()
        rewards = self.host.rewards(costs)
        total = torch.stack(list(rewards.values())).sum(0)
        buffer = model.rollout_buffer
        buffer.rewards += total.numpy() + (self.extrinsic - 1.0) * raw  # what is there holds a cut-off future's value
        buffer.compute_returns_and_advantage(self.locals["values"], self.locals["dones"])
        updates = max(1, self.epochs * raw.size // self.batch)
        self._log(rewards, total, raw, self.host.learn(view, updates))

    def _judge(self, before: Obs, action: Array, after: Obs, raw: Floats, kept: dict[str, Tensor]) -> Tensor:
        """Returns the rewards (rows,) of replayed transitions as of now, and lets objectives learn from these."""
        view, costs = self.host.judge(self._stretch(before, action, after, raw.shape, scaled=True), kept)
        rewards = self.host.rewards(costs)
        total = torch.stack(list(rewards.values())).sum(0)
        self._log(rewards, total, raw, self.host.learn(view, 1))
        return total + self.extrinsic * torch.from_numpy(raw)

    def _log(self, rewards: dict[str, Tensor], total: Tensor, raw: Floats, losses: dict[str, float]) -> None:
        for name, reward in {**rewards, "total": total}.items():
            self.logger.record_mean(f"intrinsic/{name}", float(reward.mean()))
        self.logger.record_mean("extrinsic/reward", float(raw.mean()))
        for name, loss in losses.items():
            self.logger.record_mean(f"intrinsic_loss/{name}", loss)


class _JudgedReplay(RelabelingBuffer, ReplayBuffer):
    plain, samples = ReplayBuffer, ReplayBufferSamples


class _JudgedDictReplay(RelabelingBuffer, DictReplayBuffer):
    plain, samples = DictReplayBuffer, DictReplayBufferSamples


JUDGED: dict[type, type[RelabelingBuffer]] = {ReplayBuffer: _JudgedReplay, DictReplayBuffer: _JudgedDictReplay}
