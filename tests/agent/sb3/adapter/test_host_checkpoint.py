"""What objectives learnt beside Stable-Baselines3 outlives the process."""

from __future__ import annotations

import json
import pickle
import re

import numpy as np
import pytest
import safetensors.torch
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.buffers import DictReplayBuffer, ReplayBuffer

from agent.sb3 import IntrinsicReward
from housecat.core.errors import UserError
from tests.agent.sb3.small_sb3 import BOX, NOVELTY, OBS, envs, made, ppo


def test_a_saved_buffer_is_a_plain_one(tmp_path):
    for obs, kind in (("vector", ReplayBuffer), ("dict", DictReplayBuffer)):
        model = made(DQN, envs(observation_space=OBS[obs]))
        model.learn(24, IntrinsicReward({"disagreement": 1.0}))
        model.save_replay_buffer(tmp_path / "buffer")
        saved = pickle.loads((tmp_path / "buffer.pkl").read_bytes())
        assert type(saved) is kind
        assert np.array_equal(saved.rewards, model.replay_buffer.rewards)
        saved.sample(4)


def test_what_objectives_learnt_is_saved_and_gone_on_with_exactly(tmp_path):
    def learn(intrinsic):
        made(PPO, envs()).learn(32, intrinsic)
        return {key: value.clone() for key, value in intrinsic.host.state_dict().items()}

    file, objectives = tmp_path / "new folder" / "curiosity", {NOVELTY: 1.0, "disagreement": 0.5}
    first = IntrinsicReward(objectives, batch=8)
    learn(first)
    first.save(file)
    expected = learn(first)
    other = IntrinsicReward(objectives, batch=8)
    other.load(file)
    found = learn(other)
    assert all(torch.equal(found[key], value) for key, value in expected.items())


def test_loading_keeps_the_weights_that_were_given(tmp_path):
    first, other = IntrinsicReward({"disagreement": 1.0}), IntrinsicReward({"disagreement": 0.25})
    ppo(envs()).learn(32, first)
    first.save(tmp_path / "curiosity")
    other.load(tmp_path / "curiosity")
    ppo(envs()).learn(32, other)
    assert other.mixture.weights == {"disagreement": 0.25}


def test_a_file_that_does_not_fit_is_refused(tmp_path):
    intrinsic = IntrinsicReward({"disagreement": 1.0})
    with pytest.raises(UserError, match="nothing to save before `learn`"):
        intrinsic.save(tmp_path / "curiosity")
    ppo(envs()).learn(32, intrinsic)
    intrinsic.save(tmp_path / "curiosity")
    (tmp_path / "junk").write_bytes(b"junk")
    for file, env, objectives, words in (
        ("junk", envs(), {"disagreement": 1.0}, "does not hold what objectives learned"),
        ("curiosity", envs(), {"disagreement": 1.0, NOVELTY: 1.0}, "is of disagreement; these objectives are"),
        ("curiosity", envs(observation_space=BOX), {"disagreement": 1.0}, "in this environment"),
    ):
        other = IntrinsicReward(objectives)
        other.load(tmp_path / file)
        with pytest.raises(UserError, match=words):
            ppo(env).learn(32, other)


def test_files_of_format_1_still_load(tmp_path):
    image = {"observation_space": OBS["dict"]}
    first, other = IntrinsicReward({"disagreement": 1.0}), IntrinsicReward({"disagreement": 1.0})
    made(PPO, envs(**image)).learn(16, first)
    first.save(tmp_path / "new")
    with safetensors.safe_open(tmp_path / "new", framework="pt") as file:
        about = json.loads(file.metadata()["housecat"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  # not a dict
    for new, old in (
        ("host.dynamics.mean_square_change", "host.dynamics.square"),
        ("host.encoder.image_nets.", "host.encoder.eyes."),
        ("trainer.", "teacher."),
    ):
        assert any(key.startswith(new) for key in tensors)
        tensors = {re.sub(f"^{re.escape(new)}", old, key): value for key, value in tensors.items()}
    metadata = {"housecat": json.dumps({**about, "format": 1})}
    (tmp_path / "old").write_bytes(safetensors.torch.save(tensors, metadata))
    other.load(tmp_path / "old")
    made(PPO, envs(**image)).learn(0, other)
    expected, found = first.host.state_dict(), other.host.state_dict()
    assert expected.keys() == found.keys()
    assert all(torch.equal(found[key], value) for key, value in expected.items())
    expected, found = first.host.trainer.state_dict(), other.host.trainer.state_dict()
    assert len(expected) > 1
    assert all(torch.equal(found[key], value) for key, value in expected.items())
