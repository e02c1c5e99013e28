"""Every registered world works with what others wrote for Gymnasium's environments."""

from __future__ import annotations

import subprocess
import sys
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
from worlds.registry import gym_id
from worlds.rendering import human_window as window

EVERY = pytest.mark.parametrize("name", worlds.names())


class Shown:
    """A window that keeps what it is shown."""

    pictures: list[np.ndarray]
    open = 0

    def __init__(self, width: int, height: int, title: str) -> None:
        Shown.open += 1
        self.size = (height, width, 3)
        Shown.pictures = []

    def show(self, picture: np.ndarray, seconds: float) -> None:
        assert picture.shape == self.size
        assert 0 < seconds < 1
        Shown.pictures.append(picture)

    def close(self) -> None:
        Shown.open -= 1


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> type[Shown]:
    monkeypatch.setattr(window, "open_window", Shown)
    return Shown


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


def test_the_checkers_find_nothing_in_an_eye_and_in_the_render_modes(shown: type[Shown]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        options = {"senses": ("body", "things", "eye"), "things": "seen", "frames_per_step": 1}
        env = gymnasium.make("housecat/Playroom-v0", render_mode="rgb_array", **options)
        check_env(env.unwrapped)
        sb3.check_env(env, warn=True)
        env.close()


def test_gymnasium_finds_worlds_by_their_package_without_an_import() -> None:
    code = """import sys, gymnasium
assert "worlds" not in sys.modules
env = gymnasium.make("worlds:housecat/Fork-v0", body="octopus", max_episode_steps=3)
assert env.reset(seed=1)[0]["body"].shape == (31,)
vector = gymnasium.make_vec("worlds:housecat/Fork-v0", num_envs=2, vectorization_mode="sync")
print(env.spec.id, vector.reset(seed=1)[0]["body"].shape)"""
    root = Path(worlds.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[0] == "housecat/Fork-v0 (2, 15)", done.stderr


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
def test_vectors_live_the_lives_of_single_worlds(mode: str) -> None:
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


def test_a_window_shows_every_step_and_closes(shown: type[Shown]) -> None:
    env = gymnasium.make("housecat/Playroom-v0", render_mode="human", frames_per_step=3)
    env.reset(seed=0)
    assert len(shown.pictures) == 3
    env.step(np.ones(5, np.float32))
    assert len(shown.pictures) == 6
    assert np.abs(shown.pictures[-1].astype(int) - shown.pictures[0]).max() > 30
    assert env.render() is None
    env.close()
    assert shown.open == 0


def test_without_a_window_toolkit_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "entry_points", lambda group: ())
    world = worlds.make("playroom")
    world.render_mode = "human"
    with pytest.raises(UserError, match="rgb_array"):
        world.render()


def test_a_world_without_render_mode_renders_nothing() -> None:
    assert worlds.make("playroom").render() is None
