"""Objectives as rewards of Stable-Baselines3's algorithms."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3
from stable_baselines3.common.logger import configure
from stable_baselines3.common.monitor import Monitor

from agent.sb3 import IntrinsicReward
from tests.agent.sb3.small_sb3 import ACTIONS, NOVELTY, OBS, Counting, Watching, envs, made, ppo


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("obs", OBS)
@pytest.mark.parametrize("algorithm", [PPO, A2C, DQN, SAC, TD3])
def test_every_algorithm_learns_with_every_observation_and_action_it_takes(algorithm, obs, action):
    if (algorithm is DQN and action != "discrete") or (algorithm in (SAC, TD3) and action != "box"):
        with pytest.raises(AssertionError, match="only supports"):
            made(algorithm, Counting(action_space=ACTIONS[action]))
        return
    model = made(algorithm, envs(observation_space=OBS[obs], action_space=ACTIONS[action]))
    intrinsic = IntrinsicReward({NOVELTY: 1.0, "disagreement": 0.5}, batch=16)
    model.learn(24, intrinsic)
    assert all(np.isfinite(scale) and scale != 1.0 for scale in intrinsic.mixture.scales.values())


def test_constructing_takes_no_step_of_the_environment():
    env = Counting()
    ppo(env)
    IntrinsicReward({"disagreement": 1.0})
    assert env.steps == 0


@pytest.mark.parametrize("algorithm", [PPO, SAC])
def test_without_weight_an_algorithm_learns_bit_for_bit_as_alone(algorithm):
    def learnt(callback):
        model = made(algorithm, envs(action_space=ACTIONS["box"]))
        model.learn(40, callback)
        return [p.detach().clone() for p in model.policy.parameters()]

    alone, beside = learnt(None), learnt(IntrinsicReward({NOVELTY: 0.0, "disagreement": 0.0}))
    assert all(torch.equal(a, b) for a, b in zip(alone, beside, strict=True))


def test_the_same_seed_gives_the_same_learning_and_another_another():
    def learnt(seed):
        model = made(PPO, envs())
        intrinsic = IntrinsicReward({NOVELTY: 1.0, "disagreement": 1.0}, seed=seed)
        model.learn(32, intrinsic)
        return torch.cat([p.detach().flatten() for p in (*model.policy.parameters(), *intrinsic.host.parameters())])

    first = learnt(0)
    assert torch.equal(first, learnt(0))
    assert not torch.equal(first, learnt(1))


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_logs_keep_intrinsic_and_extrinsic_apart(algorithm, tmp_path):
    model = made(algorithm, Monitor(Counting(length=5)))
    model.set_logger(configure(str(tmp_path), ["csv"]))
    model.learn(40, IntrinsicReward({Watching(): 0.5, NOVELTY: 1.0}), log_interval=1)
    logged = {k: float(v) for row in csv.DictReader((tmp_path / "progress.csv").open()) for k, v in row.items() if v}
    assert logged["rollout/ep_rew_mean"] == 10.0
    assert logged["extrinsic/reward"] == 2.0
    assert logged["intrinsic/Watching"] == pytest.approx(1.5, abs=0.3)  # half of 1 to 5, on average
    assert logged["intrinsic/total"] == pytest.approx(logged["intrinsic/Watching"] + logged["intrinsic/Novelty"])
    assert logged["intrinsic_loss/Novelty"] > 0.0
