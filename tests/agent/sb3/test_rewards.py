"""What Stable-Baselines3 learns from: both rewards, at the right transitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agent.sb3 import IntrinsicReward
from intrinsic import Mixture
from tests.agent.sb3.small_sb3 import Counting, Early, Watching, envs, made, ppo, rollouts


def test_rollouts_hold_both_rewards_and_returns_follow_from_both():
    model = ppo(envs(length=5), gamma=0.5, gae_lambda=1.0)
    kept = rollouts(model)
    model.learn(32, IntrinsicReward({Watching(): 1.0}))
    step = np.arange(16) % 5 + 1
    added = kept[0].rewards - (2.0 + step)[:, None]
    assert np.allclose(added[step < 5], 0.0, atol=1e-5)
    assert (np.abs(added[step == 5]) > 1e-4).all()  # there the algorithm adds what a future cut off would be worth
    discounted = np.zeros(2)
    for t in reversed(range(5)):  # the first episode, which ended within the rollout
        discounted = kept[0].rewards[t] + 0.5 * discounted
    assert np.allclose(kept[0].returns[0], discounted, atol=1e-4)


def test_extrinsic_zero_leaves_curiosity_alone():
    model = ppo(envs())
    kept = rollouts(model)
    model.learn(32, IntrinsicReward({Watching(): 0.25}, extrinsic=0.0))
    assert np.allclose(kept[0].rewards[:4, 0], [0.25, 0.5, 0.75, 1.0], atol=1e-5)


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_each_transition_is_observed_once_with_the_last_observation_of_its_episode(algorithm):
    watching = Watching()
    made(algorithm, envs(2, length=5)).learn(48, IntrinsicReward({watching: 1.0}))
    for row in watching.seen:
        life, step, then_life, then_step = row
        assert (then_life, then_step) == (life, step + 1)  # never the beginning of the next life
    assert len(watching.seen) == 48
    rows = [tuple(row) for row in watching.seen]
    assert all(rows.count(row) == 2 for row in set(rows))  # once for each of the two environments


def test_replayed_transitions_are_relabeled_and_the_buffer_keeps_the_environments_rewards():
    watching = Watching()
    model = made(DQN, envs(), gradient_steps=0)
    model.learn(40, IntrinsicReward({watching: 1.0}))
    before = model.replay_buffer.sample(32)
    assert torch.allclose(before.rewards[:, 0], 2.0 + before.next_observations[:, 1])
    watching.price = lambda view: torch.zeros(view["action"].shape[:-1])  # no longer new
    assert (model.replay_buffer.sample(32).rewards == 2.0).all()
    assert (model.replay_buffer.rewards[: model.replay_buffer.pos] == 2.0).all()


def test_on_policy_episodic_memories_begin_with_each_episode_of_each_environment():
    model = made(PPO, DummyVecEnv([lambda: Counting(length=5), lambda: Counting(length=7)]))
    kept = rollouts(model)
    model.learn(16, IntrinsicReward({Early(): 1.0}, extrinsic=0.0))
    early = kept[0].rewards > 0.9
    assert early[:, 0].tolist() == [True] * 3 + [False] * 2 + [True] * 3
    assert early[:, 1].tolist() == [True] * 3 + [False] * 4 + [True]


def test_off_policy_objectives_with_an_episodic_memory_keep_the_cost_of_the_moment():
    model = made(DQN, DummyVecEnv([lambda: Counting(length=5), lambda: Counting(length=7)]), buffer_size=40)
    model.learn(120, IntrinsicReward({Early(): 1.0}, extrinsic=0.0))  # the buffer goes round three times
    sample = model.replay_buffer.sample(64)
    assert torch.equal(sample.rewards[:, 0], (sample.observations[:, 1] < 3).float())


def test_memories_go_on_when_learning_goes_on():
    model, early = ppo(envs(1, length=100), n_steps=2, batch_size=2), Early()
    intrinsic = IntrinsicReward({early: 1.0})
    model.learn(2, intrinsic)
    model.learn(4, intrinsic, reset_num_timesteps=False)
    assert intrinsic.host._memories["Early"]["steps"].tolist() == [6.0]
    model.learn(2, intrinsic)
    assert intrinsic.host._memories["Early"]["steps"].tolist() == [2.0]


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_objectives_see_the_environments_units_behind_a_normalizer(algorithm):
    watching, env = Watching(), VecNormalize(envs(2, length=5))
    model = made(algorithm, env)
    model.learn(48, IntrinsicReward({watching: 1.0}))
    assert len(watching.seen) == 48
    assert all(after == pytest.approx(before + 1, abs=1e-4) for _, before, _, after in watching.seen)
    if algorithm is DQN:
        sample = model.replay_buffer.sample(32, env)
        steps = env.unnormalize_obs(sample.next_observations.numpy())[:, 1]
        assert np.allclose(sample.rewards[:, 0].numpy() - env.normalize_reward(np.full(32, 2.0)), steps, atol=1e-3)


def test_weights_may_change_while_it_learns():
    mixture = Mixture({Watching(): 1.0})
    model = ppo(envs(1, length=100))
    kept = rollouts(model)
    intrinsic = IntrinsicReward(mixture)
    model.learn(16, intrinsic)
    mixture.set_weight("Watching", 0.0)
    model.learn(16, intrinsic)
    assert kept[0].rewards[3, 0] == pytest.approx(2.0 + 4.0)
    assert (kept[1].rewards == 2.0).all()
