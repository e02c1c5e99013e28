"""Whatever goes wrong with an objective beside Stable-Baselines3 reaches `learn`."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3
from stable_baselines3.common.buffers import ReplayBuffer

from agent.sb3 import IntrinsicReward
from housecat.core.errors import UserError
from intrinsic import Objective
from tests.agent.sb3.small_sb3 import ACTIONS, BOX, Counting, Early, Watching, envs, failing, made, ppo


@pytest.mark.parametrize("algorithm", [PPO, A2C, DQN, SAC, TD3])
@pytest.mark.parametrize("method", ["cost", "observe", "loss", "remember"])
def test_whatever_an_objective_raises_learn_raises(algorithm, method):
    env = envs(action_space=ACTIONS["discrete" if algorithm is DQN else "box"])
    with pytest.raises(UserError, match=r"objective 'Bad': .*ZeroDivisionError: late") as caught:
        made(algorithm, env).learn(200, IntrinsicReward({failing(method): 1.0}))
    assert isinstance(caught.value.__cause__.__cause__, ZeroDivisionError)


def test_a_gradient_that_is_not_finite_raises():
    class Steep(Objective):
        reads = frozenset({"action"})

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(()))

        def cost(self, view, memory=None):
            return view["action"].sum(-1)

        def loss(self, view):
            return self.weight.sqrt()

    with pytest.raises(UserError, match=r"loss of 'Steep' has a gradient of nan or infinity"):
        ppo(envs()).learn(32, IntrinsicReward({Steep(): 1.0}))


def test_a_reward_that_is_not_finite_raises():
    class Doubtful(Counting):
        def _obs(self):
            return np.array([0.0, np.nan if self.steps > 20 else 1.0], np.float32)

    watching = Watching(price=lambda view: view["senses.obs"][..., 1])
    with pytest.raises(UserError, match="objective 'Watching' rewards with nan or infinity"):
        made(DQN, Doubtful()).learn(64, IntrinsicReward({watching: 1.0}))


def test_what_is_not_offered_is_said_before_the_first_step():
    env = Counting()
    with pytest.raises(UserError, match=r"'pain' reads senses\.vitals, which .* not offer\. Offered: action"):
        made(PPO, env).learn(32, IntrinsicReward({"pain": 1.0}))
    assert env.steps == 0


def test_a_memory_that_grows_is_refused_with_a_remedy():
    class Hoarder(Early):
        def begin(self, lead):
            return torch.zeros(*lead, 1)

        def remember(self, memory, view):
            return torch.cat([memory, memory[..., :1]], -1)

        def cost(self, view, memory=None):
            return memory.sum(-1)

    with pytest.raises(UserError, match=r"keeps a memory that grows.*give it a fixed size"):
        ppo(envs()).learn(32, IntrinsicReward({Hoarder(): 1.0}))


def test_a_replay_buffer_of_another_class_is_refused_with_a_remedy():
    class Own(ReplayBuffer):
        pass

    model = made(DQN, envs(), replay_buffer_class=Own)
    with pytest.raises(UserError, match=r"the replay buffer is a Own.*leave out replay_buffer_class"):
        model.learn(24, IntrinsicReward({"disagreement": 1.0}))


def test_objectives_do_not_move_to_another_kind_of_environment():
    intrinsic = IntrinsicReward({"disagreement": 1.0})
    ppo(envs()).learn(32, intrinsic)
    ppo(envs()).learn(32, intrinsic)  # the same kind: curiosity is taken along
    with pytest.raises(UserError, match=r"other observation or action spaces.*Make a new IntrinsicReward"):
        ppo(envs(observation_space=BOX)).learn(32, intrinsic)
