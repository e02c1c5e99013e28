"""The kitten drives, looks and hooks, driven by scripts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from housecat.core.obs_layout import BODY, THINGS
from worlds import Place
from worlds.env import World
from worlds.rooms.fixtures.toys import TOYS

STILL = np.zeros(5, np.float32)


AHEAD = np.array([1, 0, 0, 0, 0], np.float32)


def test_driving_ahead_goes_where_the_head_points(world: World) -> None:
    world.body.place(0.0, 0.0, math.pi / 2)
    for i, name in enumerate(toy.name for toy in TOYS):
        world.apply(Place(name, (-2.6, -2.5 + 0.5 * i)))
    for _ in range(5):
        obs = world.step(AHEAD)[0]
    assert obs["body"][BODY.y] > 0.5
    assert abs(obs["body"][BODY.x]) < 0.1
    assert obs["body"][BODY.vy] == pytest.approx(0.8, abs=0.1)


def test_head_and_paw_go_to_the_commanded_angles(world: World) -> None:
    for _ in range(5):
        obs = world.step(np.array([0, 0, 0.5, -0.5, 1], np.float32))[0]
    head, shoulder, paw = obs["body"][[world.body.readings.index(name) for name in ("head", "shoulder", "paw")]]
    assert head == pytest.approx(0.6, abs=0.05)
    assert shoulder == pytest.approx(-0.95, abs=0.05)
    assert paw == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize(("name", "gap"), [("blue ball", 0.30), ("yellow cube", 0.38), ("orange drum", 0.38)])
def test_the_paw_hooks_a_toy_away_from_a_wall(world: World, name: str, gap: float) -> None:
    for i, toy in enumerate(TOYS):
        world.apply(Place(toy.name, (-2.5, -2.5 + 0.5 * i)))
    i = [toy.name for toy in TOYS].index(name)
    radius = TOYS[i].shape.size[0]
    world.toys[i].place(0.0, 3.0 - radius)
    world.body.place(0.0, 2.55 - gap, math.pi / 2)
    # Raise the paw, drive up to the toy, press the paw on it and back off.
    for drive, lift, steps in ((0.0, 1.0, 3), (0.5, 1.0, 4), (-0.6, -1.0, 6)):
        for _ in range(steps):
            obs = world.step(np.array([drive, 0, 0, 0, lift], np.float32))[0]
    assert obs["things"][i, THINGS.y] < 3.0 - radius - 0.1


def test_wheels_grip_and_the_caster_glides(world: World) -> None:
    world.body.place(0.0, 0.0, 0.0)
    for i, toy in enumerate(TOYS):
        world.apply(Place(toy.name, (-2.5, -2.5 + 0.5 * i)))
    for drive in (1.0, -1.0):
        for _ in range(4):
            obs = world.step(np.array([drive, 0, 0, 0, -1], np.float32))[0]
        assert obs["body"][BODY.vx] == pytest.approx(0.8 * drive, abs=0.05)


def test_an_overturned_kitten_lands_on_its_feet(world: World) -> None:
    world.physics.place(world.body.id, (0.0, 0.0, 0.3), (1.0, 0.0, 0.0, 0.0))
    info = world.step(STILL)[4]
    assert {"event": "fall"} in info["events"]
    assert world.body.upright_cosine() > 0.9
