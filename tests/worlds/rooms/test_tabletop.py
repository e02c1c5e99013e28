"""The tabletop."""

import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from worlds import Place
from worlds.rooms.base import Room


@pytest.fixture(scope="module")
def made() -> Room:
    return worlds.make("tabletop", seed=0, frames_per_step=1)


@pytest.fixture
def room(made: Room) -> Room:
    made.reset(seed=0)
    return made


def hand(room: Room) -> np.ndarray:
    return room.observe()["body"][[room.body.readings.index(f"hand {axis}") for axis in "xyz"]].astype(float)


def go(room: Room, target: tuple[float, float, float], grip: float, steps: int = 25) -> float:
    """Moves the hand to a place (m) and returns how far from it the hand ends."""
    for _ in range(steps):
        error = np.array(target) - hand(room)
        if np.linalg.norm(error) < 0.006:
            break
        room.step(np.array([*np.clip(error / 0.05, -1, 1), 0.0, grip], np.float32))
    return float(np.linalg.norm(np.array(target) - hand(room)))


@pytest.mark.parametrize("target", [(0.0, 0.0, 0.10), (0.1, -0.3, 0.05), (-0.2, 0.3, 0.40), (0.2, 0.0, 0.02)])
def test_the_hand_reaches_a_point_and_keeps_pointing_down(room: Room, target: tuple[float, float, float]) -> None:
    assert go(room, target, 1.0) < 0.01
    assert room.body.pose()[1] == pytest.approx((1.0, 0.0, 0.0, 0.0), abs=0.1)


@pytest.mark.parametrize("name", ["red block", "orange ball"])
def test_the_arm_grips_and_lifts(room: Room, name: str) -> None:
    i = room.things.index(name)
    x, y, z = map(float, room.truth()["things.position"][i])
    go(room, (x, y, 0.15), 1.0)
    go(room, (x, y, z), 1.0)
    for _ in range(4):
        room.step(np.array([0, 0, 0, 0, -1], np.float32))
    go(room, (x, y, 0.2), -1.0)
    assert room.truth()["things.position"][i, 2] > 0.15
    assert {(part, thing) for part, thing, _ in room.truth()["contacts"]} == {
        ("left finger", name),
        ("right finger", name),
    }


def test_the_drawer_opens_by_its_handle_and_shows_what_is_in_it(room: Room) -> None:
    assert room.truth()["drawer.open"] == pytest.approx(0.0, abs=1e-3)
    hidden = room.things.index("yellow block")
    before = room.truth()["things.position"][hidden, 1]
    go(room, (0.0, 0.25, 0.2), 1.0)
    go(room, (0.0, 0.25, 0.06), 1.0, 12)
    for _ in range(4):
        room.step(np.array([0, 0, 0, 0, -1], np.float32))
    go(room, (0.0, 0.13, 0.06), -1.0, 12)
    opened = room.truth()["drawer.open"]
    assert opened > 0.07
    assert before - room.truth()["things.position"][hidden, 1] > 0.5 * opened  # it comes along


def test_the_hand_turns(room: Room) -> None:
    for _ in range(4):
        obs = room.step(np.array([0, 0, 0, 1, 0], np.float32))[0]
    assert math.atan2(*obs["body"][BODY.heading]) == pytest.approx(1.2, abs=0.2)


def test_what_falls_off_the_table_is_put_back(room: Room) -> None:
    room.toys[0].place(1.0, 0.0, -0.3)
    info = room.step(np.zeros(5, np.float32))[4]
    assert {"event": "returned", "thing": "red block"} in info["events"]
    assert room.truth()["things.position"][0, 2] > 0.0


def test_the_arm_cannot_be_put_elsewhere(room: Room) -> None:
    with pytest.raises(UserError, match="bolted to the table"):
        room.apply(Place("arm", (0.3, 0.0)))
    with pytest.raises(UserError, match="bolted to the table"):
        room.reset(options={"layout": {"arm": (0.3, 0.0)}})
    room.step(np.zeros(5, np.float32))
