"""The fork."""

import numpy as np
import pytest

import worlds
from housecat.core.obs_layout import THINGS

STILL = np.zeros(5, np.float32)


def test_the_ball_goes_left_and_right_equally_often_and_never_stays_on_the_wedge() -> None:
    room = worlds.make("fork", seed=0, physics_dt=1 / 60, frames_per_step=1)
    sides = []
    for _ in range(40):
        ends = []
        for _ in range(20):  # a trial takes 4 s
            obs, _, _, _, info = room.step(STILL)
            sides += [event["side"] for event in info["events"] if event["event"] == "fork"]
            ends.append(obs["things"][0, THINGS.position])
        if sides:
            x, _, z = ends[17]
            assert (x < -0.3) == (sides[-1] == "left")
            assert z < 0.3
    assert len(sides) == 40
    assert 10 <= sides.count("left") <= 30  # 3 standard deviations around a half


def test_nothing_before_the_wedge_predicts_the_side() -> None:
    room = worlds.make("fork", seed=1)
    paths: dict[str, list[np.ndarray]] = {"left": [], "right": []}
    for seed in range(8):
        room.reset(seed=seed)
        path = []
        while room.truth()["fork.side"] == "none":
            path.append(room.step(STILL)[0]["things"][0])
        paths[room.truth()["fork.side"]].append(np.array(path[:-1]))
    assert paths["left"]
    assert paths["right"]
    for path in (*paths["left"], *paths["right"]):
        np.testing.assert_array_equal(path, paths["left"][0])


@pytest.mark.parametrize("seed", [0, 1])
def test_the_same_seed_draws_the_same_sides(seed: int) -> None:
    episodes = []
    for _ in range(2):
        room = worlds.make("fork", seed=seed, physics_dt=1 / 60, frames_per_step=1)
        episodes.append([room.step(STILL)[0]["things"] for _ in range(45)])
    np.testing.assert_array_equal(episodes[0], episodes[1])
