"""Small environments, objectives and models of Stable-Baselines3, which learn soon."""

from __future__ import annotations

from types import SimpleNamespace

import gymnasium
import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3 import A2C, PPO
from stable_baselines3.common.vec_env import DummyVecEnv

from intrinsic import Objective

LIFE_AND_STEP = spaces.Box(-1e6, 1e6, (2,))
NOVELTY = "examples/novelty.py:Novelty"
BOX, IMAGE = spaces.Box(-2.0, 2.0, (3,)), spaces.Box(0, 255, (3, 36, 36), np.uint8)
OBS = {
    "vector": BOX,
    "image": IMAGE,
    "dict": spaces.Dict({"body": BOX, "eye": IMAGE, "mood": spaces.Discrete(3)}),
}
ACTIONS = {
    "discrete": spaces.Discrete(4),
    "multi": spaces.MultiDiscrete([2, 3]),
    "box": spaces.Box(-np.array([1.0, 3.0], np.float32), np.array([1.0, 5.0], np.float32)),
}


class Counting(gymnasium.Env):
    """Observations tell the number of the life and the step in it; every `length` steps a life ends."""

    def __init__(self, observation_space=LIFE_AND_STEP, action_space=ACTIONS["discrete"], length=5):
        self.observation_space, self.action_space, self.length = observation_space, action_space, length
        self.life, self.now, self.steps = -1, 0, 0

    def _obs(self):
        if self.observation_space.shape == (2,):
            return np.array([self.life, self.now], np.float32)
        return self.observation_space.sample()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.life, self.now = self.life + 1, 0
        self.observation_space.seed(self.life)
        return self._obs(), {}

    def step(self, action):
        self.now += 1
        self.steps += 1
        return self._obs(), 2.0, False, self.now == self.length, {}


class Watching(Objective):
    """Costs what is in its `price`, and notes what it observes."""

    reads = frozenset({"senses.obs", "senses.obs.before", "action"})
    unit = 1.0

    def __init__(self, price=lambda view: -view["senses.obs"][..., 1]):
        super().__init__()
        self.price, self.seen = price, []

    def cost(self, view, memory=None):
        return self.price(view)

    def observe(self, view, memory=None):
        rows = torch.cat([view["senses.obs.before"], view["senses.obs"]], -1)
        self.seen += rows.flatten(0, -2).tolist()


class Early(Objective):
    """Rewards the first three steps of an episode: what it remembers is how many there were."""

    reads = frozenset({"action"})
    memory = "episode"
    unit = 1.0

    def begin(self, lead):
        return {"steps": torch.zeros(lead)}

    def remember(self, memory, view):
        return {"steps": memory["steps"] + 1.0}

    def cost(self, view, memory=None):
        return -(memory["steps"] < 3.0).float()


def ppo(env, **options):
    return made(PPO, env, **{"n_steps": 16, "batch_size": 16, **options})


def envs(count=2, **options):
    return DummyVecEnv([lambda: Counting(**options) for _ in range(count)])


def made(algorithm, env, **options):
    """Makes a small model that learns soon."""
    soon = {PPO: {"n_steps": 8, "batch_size": 8, "n_epochs": 1}, A2C: {"n_steps": 4}}
    later = {"learning_starts": 8, "train_freq": 4, "batch_size": 8, "buffer_size": 64}
    small = {"net_arch": [8]}
    policy = "MlpPolicy"
    if isinstance(env.observation_space, spaces.Dict):
        policy, small["features_extractor_kwargs"] = "MultiInputPolicy", {"cnn_output_dim": 8}
    return algorithm(policy, env, seed=0, device="cpu", policy_kwargs=small, **soon.get(algorithm, later) | options)


def rollouts(model):
    """Returns the list that copies of the model's rollouts go into, as it is about to learn from each."""
    kept = []

    def note():
        buffer = model.rollout_buffer
        kept.append(SimpleNamespace(rewards=buffer.rewards.copy(), returns=buffer.returns.copy()))

    model.train = note
    return kept


def failing(method):
    """Returns an objective that keeps the contract until its `method` is called for the seventh time."""
    calls = []

    class Bad(Early):
        memory = "episode" if method == "remember" else "none"

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(()))

        def cost(self, view, memory=None):
            return torch.zeros(view["action"].shape[:-1])

    fine = getattr(Bad, method)

    def late(self, *given):
        calls.append(method)
        if len(calls) > 6:
            raise ZeroDivisionError("late")
        return fine(self, *given)

    setattr(Bad, method, late)
    return Bad()
