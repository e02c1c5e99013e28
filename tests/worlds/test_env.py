"""Every registered world works with what others wrote for Gymnasium's environments, and refuses bad actions."""

from __future__ import annotations

import warnings
from pathlib import Path

import gymnasium
import numpy as np
import pytest
import stable_baselines3.common.env_checker as sb3
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import FlattenObservation, RecordEpisodeStatistics, RecordVideo, TimeLimit

import worlds
from housecat.core.errors import UserError
from tests.worlds.conftest import random_episode
from worlds.registry import gym_id

EVERY = pytest.mark.parametrize("name", worlds.names())


@EVERY
def test_both_checkers_find_nothing(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gymnasium.make(gym_id(name))
        check_env(env.unwrapped, skip_render_check=True)
        sb3.check_env(env, warn=True)
        sb3.check_env(env.unwrapped, warn=True)
        env.close()
    assert gym_id(name).endswith("-v0")


def test_the_checkers_find_nothing_in_an_eye_and_in_the_render_modes() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        options = {"senses": ("body", "things", "eye"), "things": "seen", "frames_per_step": 1}
        env = gymnasium.make("housecat/Playroom-v0", render_mode="rgb_array", **options)
        check_env(env.unwrapped)
        sb3.check_env(env, warn=True)
        env.close()


@EVERY
def test_wrappers_fit(name: str) -> None:
    env = RecordEpisodeStatistics(FlattenObservation(TimeLimit(gymnasium.make(gym_id(name)), 2)))
    env.reset(seed=0)
    env.step(env.action_space.sample())
    obs, _, _, truncated, info = env.step(env.action_space.sample())
    env.close()
    assert truncated
    assert env.observation_space.contains(obs)
    assert info["episode"]["l"] == 2


def test_a_video_is_recorded(tmp_path: Path) -> None:
    env = TimeLimit(gymnasium.make("housecat/Playroom-v0", render_mode="rgb_array"), 2)
    env = RecordVideo(env, str(tmp_path / "videos"), disable_logger=True)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    env.step(env.action_space.sample())
    env.close()
    (video,) = tmp_path.glob("videos/*.mp4")
    assert video.stat().st_size > 1000


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_vector_envs_equal_single_worlds(mode: str) -> None:
    env = gymnasium.make_vec("housecat/Playroom-v0", num_envs=2, vectorization_mode=mode)
    first, _ = env.reset(seed=[3, 4])
    actions = np.zeros((2, 5), np.float32)
    actions[:, 0] = 1.0
    later = env.step(actions)[0]
    env.close()
    for i, seed in enumerate((3, 4)):
        world = worlds.make("playroom", seed=seed, flat=True)
        for obs, own in ((first, world.observe()), (later, world.step(actions[i])[0])):
            for sense in own:
                np.testing.assert_array_equal(obs[sense][i], own[sense])


ROOMS = pytest.mark.parametrize("name", ["playroom", "tabletop"])


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (np.zeros(4), r"shape \(5,\); got shape \(4,\)"),
        (np.zeros((1, 5)), r"shape \(5,\); got shape \(1, 5\)"),
        ([0, 0, np.nan, 0, 0], "5 finite numbers from -1 to 1; got .*nan"),
        ([0, 0, 0, 0, 1.5], "from -1 to 1; got .*1.5"),
        ([0, 0, 0, 0, -np.inf], "from -1 to 1; got .*-inf"),
        ("left", "of type <U4"),
        (None, "of type object"),
        ([[0.0], [0.0, 1.0]], "5 finite numbers"),
        (np.zeros(5, complex), "of type complex128"),
    ],
)
@ROOMS
def test_a_bad_action_is_refused_with_both_values_and_the_world_goes_on(name: str, action: object, words: str) -> None:
    world, other = worlds.make(name, seed=4), worlds.make(name, seed=4)
    with pytest.raises(UserError, match=words):
        world.step(action)
    assert random_episode(world, 3) == random_episode(other, 3)
