"""Each body can move usefully: shown by scripts, since nothing here learns."""

import math

import numpy as np
import pytest

import worlds
from housecat.core.obs_layout import BODY
from worlds.bodies import octopus as octo
from worlds.bodies.crawler import Crawler
from worlds.rooms.base import Room

LEFT, RIGHT = [0, 2], [1, 3]  # legs of the crawler, in pairs (front left, front right, back left, back right)
UP = Crawler.readings.index("up z")  # cosine of the tilt
DIAGONALS = ([0, 3], [1, 2])


def emptied(body: str) -> Room:
    """A playroom with everything at its edges and the body in the middle, facing along x."""
    room = worlds.make("playroom", seed=1, body=body, frames_per_step=1)
    for i, toy in enumerate(room.toys):
        toy.place(-2.6, -2.5 + 0.5 * i)
    room.plate.place(2.0, 2.0)
    room.body.place(0.0, 0.0, 0.0)
    return room


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
    room = emptied("crawler")
    for _ in range(5):
        obs = room.step(np.zeros(8, np.float32))[0]
    assert np.hypot(*obs["body"][BODY.position]) < 0.02
    assert obs["body"][UP] > 0.99
    assert {name for _, name in room.contact_forces} == {"floor"}
    assert (obs["touch"][2:] > 1.0).all()  # it feels the floor with all four feet


def test_the_crawler_walks_by_a_trot_and_turns_by_longer_strides_on_one_side() -> None:
    room = emptied("crawler")
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
    room = emptied("crawler")
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


def reach(arm: int, x: float, y: float) -> tuple[float, float]:
    """Returns shoulder and elbow (-1 to 1) that put an octopus's arm's tip at a place (m) seen from the mantle."""
    angle = octo.direction(arm)
    x, y = x - math.cos(angle) * octo.MANTLE, y - math.sin(angle) * octo.MANTLE
    a, b = octo.UPPER, octo.LOWER
    far = min(math.hypot(x, y), a + b - 1e-3)
    elbow = math.acos((far**2 - a**2 - b**2) / (2 * a * b)) * (1 if arm % 2 else -1)
    shoulder = math.atan2(y, x) - angle - math.atan2(b * math.sin(elbow), a + b * math.cos(elbow))
    shoulder = (shoulder + math.pi) % (2 * math.pi) - math.pi
    return shoulder / octo.SHOULDER, elbow / octo.ELBOW


@pytest.mark.parametrize("way", [(1.0, 0.0), (0.0, 1.0)])
def test_the_octopus_gets_about_by_strokes_in_any_direction(way: tuple[float, float]) -> None:
    room = emptied("octopus")

    def arms(ahead: np.ndarray) -> None:
        angles = [octo.direction(k) for k in range(octo.ARMS)]
        tips = [
            (math.cos(a) * 0.34 + s * way[0], math.sin(a) * 0.34 + s * way[1])
            for a, s in zip(angles, ahead, strict=True)
        ]
        room.step(np.clip(np.ravel([reach(k, *tip) for k, tip in enumerate(tips)]), -1, 1).astype(np.float32))

    ahead = np.zeros(octo.ARMS)
    for _ in range(6):
        for pair in ([0, 3], [1, 4], [2, 5]):  # two slide ahead, four hold
            ahead[pair] = 0.08
            arms(ahead)
        ahead[:] = -0.08  # all pull the mantle along
        arms(ahead)
    at = room.observe()["body"][BODY.position]
    assert at @ np.array(way) > 0.3
    assert room.body.upright_cosine() > 0.999


def test_a_body_in_the_playroom_feels_what_it_touches() -> None:
    for name, part in (("crawler", "head"), ("octopus", "mantle")):
        room = worlds.make("playroom", seed=0, body=name)
        assert part in room.body.parts
        assert room.observation_space["touch"].shape == (len(room.body.parts),)
        assert len(room.body.readings) == len(room.observe()["body"])
