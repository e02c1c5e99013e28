"""The crawler stands, walks, turns and gets up, driven by scripts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from housecat.core.obs_layout import BODY
from tests.worlds.bodies.conftest import empty_playroom
from worlds.bodies.crawler import Crawler
from worlds.rooms.base import Room

LEFT, RIGHT = [0, 2], [1, 3]  # legs of the crawler, in pairs (front left, front right, back left, back right)


UP = Crawler.readings.index("up z")  # cosine of the tilt


DIAGONALS = ([0, 3], [1, 2])


def crawl(room: Room, steps: int, turn: float = 0.0) -> np.ndarray:
    """Lets the crawler trot: one diagonal pair of legs swings ahead in the air while the other pushes back."""
    for k in range(steps):
        legs = np.zeros((4, 2))
        air, ground = DIAGONALS if k % 2 else DIAGONALS[::-1]
        legs[air], legs[ground] = (0.5, 0.2), (-0.5, 0.0)
        legs[LEFT, 0] *= 1.0 - turn
        legs[RIGHT, 0] *= 1.0 + turn
        obs = room.step(legs.ravel().astype(np.float32))[0]
    return obs["body"]


def test_the_crawler_stands_still_when_it_does_nothing() -> None:
    room = empty_playroom("crawler")
    for _ in range(5):
        obs = room.step(np.zeros(8, np.float32))[0]
    assert np.hypot(*obs["body"][BODY.position]) < 0.02
    assert obs["body"][UP] > 0.99
    assert {name for _, name in room.contact_forces} == {"floor"}
    assert (obs["touch"][2:] > 1.0).all()  # it feels the floor with all four feet


def test_the_crawler_walks_by_a_trot_and_turns_by_longer_strides_on_one_side() -> None:
    room = empty_playroom("crawler")
    assert crawl(room, 25)[0] > 0.8  # metres in 5 s
    turned = []
    for turn in (0.8, -0.8):
        room.body.place(0.0, 0.0, 0.0)
        body = crawl(room, 15, turn)
        turned.append(math.atan2(body[BODY.sin_heading], body[BODY.cos_heading]))
    assert min(map(abs, turned)) > 0.3
    assert turned[0] * turned[1] < 0


@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_the_crawler_gets_up_from_its_back_and_only_by_itself(side: list[int]) -> None:
    room = empty_playroom("crawler")
    other = RIGHT if side is LEFT else LEFT
    room.physics.place(room.body.id, (0.0, 0.0, 0.14), (1.0, 0.0, 0.0, 0.0))
    for _ in range(5):
        obs, _, _, _, info = room.step(np.zeros(8, np.float32))
        assert {"event": "fall"} not in info["events"]
    assert obs["body"][UP] < -0.8  # lying on its back it stays there
    # Fold the legs of one side under the belly, push with the other side's over the back, then let all go over.
    for one, two, steps in ((0.0, -1.0, 3), (1.0, -1.0, 3), (1.0, 1.0, 3), (0.0, 0.0, 5)):
        legs = np.zeros((4, 2))
        legs[side, 1], legs[other, 1] = one, two
        for _ in range(steps):
            obs = room.step(legs.ravel().astype(np.float32))[0]
    assert obs["body"][UP] > 0.9
