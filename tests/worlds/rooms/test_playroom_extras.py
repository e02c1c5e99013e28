"""What the playroom's options add; each can be on while the others are off."""

import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS
from worlds import Place
from worlds.rooms.base import Room
from worlds.rooms.fixtures.television import CHANNELS
from worlds.rooms.playroom import EXTRAS

STILL = np.zeros(5, np.float32)
ADDED = {
    "lamp": {"lamp", "switch"},
    "lever": {"lever"},
    "ramp": {"ramp"},
    "doorway": set(),
    "television": {"television", "knob"},
}


def run_into(room: Room, name: str, steps: int = 6) -> None:
    """Lets the kitten drive into a thing at a wall, from the room's inside."""
    x, y, _ = map(float, room.truth()["things.position"][room.things.index(name)])
    for toy in room.toys:
        if math.dist(toy.pose()[0][:2], (x, y)) < 1.6:
            toy.place(0.4, 0.5 * room.toys.index(toy) - 1.0)
    edge = [abs(x) / room.size[0], abs(y) / room.size[1]]
    out = (math.copysign(1.0, x), 0.0) if edge[0] > edge[1] else (0.0, math.copysign(1.0, y))
    room.body.place(x - 0.75 * out[0], y - 0.75 * out[1], math.atan2(out[1], out[0]))
    for _ in range(steps):
        room.step(np.array([1, 0, 0, 0, 1], np.float32))


@pytest.mark.parametrize("name", EXTRAS)
def test_each_option_adds_its_own_things_and_leaves_the_rest(name: str) -> None:
    room = worlds.make("playroom", seed=0, **{name: True})
    plain = worlds.make("playroom", seed=0)
    assert set(room.things) == set(plain.things) | ADDED[name]
    without = worlds.make("playroom", seed=0, extras="all", **{name: False})
    assert not set(without.things) & ADDED[name]


def test_the_ordinary_playroom_is_what_it_was() -> None:
    room, off = worlds.make("playroom", seed=3), worlds.make("playroom", seed=3, lamp=False, extras="none")
    assert room.size == (6.0, 6.0)
    assert len(room.things) == 8
    np.testing.assert_array_equal(room.observe()["things"], off.observe()["things"])


@pytest.mark.parametrize(
    ("options", "message"), [({"extras": "some"}, "extras='some'"), ({"lamp": "on"}, "lamp='on'; allowed")]
)
def test_unusable_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        worlds.make("playroom", **options)


def test_touching_the_switch_works_the_lamp_far_away() -> None:
    room = worlds.make("playroom", seed=1, lamp=True)
    lamp, switch = (room.truth()["things.position"][room.things.index(n), :2] for n in ("lamp", "switch"))
    assert math.dist(lamp, switch) > 2.0
    glow = room.things.index("lamp"), 17
    assert room.observe()["things"][glow] == 0.0
    shine = room.scene().nodes.index("lamp light")
    assert np.abs(room.scene().poses[shine, 0]) > 100  # out of sight
    run_into(room, "switch")
    assert room.truth()["lamp.on"]
    assert room.observe()["things"][glow] == 1.0
    np.testing.assert_allclose(room.scene().poses[shine, :2], lamp, atol=1e-5)
    for _ in range(3):  # held down it stays
        room.step(np.array([1, 0, 0, 0, 1], np.float32))
    assert room.truth()["lamp.on"]
    room.apply(Place("kitten", (0.0, 0.0)))
    room.step(STILL)
    run_into(room, "switch")
    assert not room.truth()["lamp.on"]


def test_the_feeder_feeds_only_while_the_lever_keeps_it_open() -> None:
    room = worlds.make("playroom", seed=1, lever=True)
    room.apply(worlds.Meal(-0.5))
    feeder = room.things.index("feeder")
    closed = room.observe()["things"][feeder, THINGS.rgb].copy()

    def energy() -> float:
        before = room.vitals.energy
        run_into(room, "feeder")
        return room.vitals.energy - before

    assert energy() < 0.0
    x, y, _ = room.physics.pose(room.lever.body)[0]
    inward, side = math.copysign(1.0, -x), math.copysign(1.0, -y)
    room.body.place(x + inward * 0.3, y + 0.8 * side, -side * math.pi / 2)  # beside the handle, facing it
    for _ in range(6):
        room.step(np.array([1, 0, 0, 0, 1], np.float32))
    assert room.truth()["feeder.open"]
    assert not np.array_equal(room.observe()["things"][feeder, THINGS.rgb], closed)
    assert energy() > 0.05
    room.apply(Place("kitten", (0.0, 0.0)))
    for _ in range(45):
        room.step(STILL)
    assert abs(room.truth()["lever.angle"]) < 0.3  # the spring has turned it back
    assert not room.truth()["feeder.open"]


def test_the_kitten_drives_over_the_ramp() -> None:
    room = worlds.make("playroom", seed=2, ramp=True)
    ramp = room.things.index("ramp")
    row = room.observe()["things"][ramp]
    heading = math.atan2(row[6], row[7])
    along = np.array([math.cos(heading), math.sin(heading)])
    for i, toy in enumerate(room.toys):
        toy.place(-2.7, -2.5 + 0.45 * i)
    foot = row[:2] - 1.0 * along
    room.body.place(float(foot[0]), float(foot[1]), heading)
    heights = [room.step(np.array([1, 0, 0, 0, 1], np.float32))[0]["body"] for _ in range(18)]
    tops = max(room.frames()[:, room.scene().body, 2].max() for _ in range(1))
    at = heights[-1][:2]
    assert (at - foot) @ along > 1.6
    assert tops > 0.0


def test_the_doorway_leads_to_a_second_room_and_the_wall_beside_it_does_not() -> None:
    room = worlds.make("playroom", seed=2, doorway=True)
    assert room.size == (12.0, 6.0)
    room.plate.place(4.0, 2.0)
    for i, toy in enumerate(room.toys):
        toy.place(-5.0, -2.5 + 0.45 * i)
    for y, through in ((0.0, True), (1.8, False)):
        room.body.place(-1.0, y, 0.0)
        for _ in range(12):
            obs = room.step(np.array([1, 0, 0, 0, 1], np.float32))[0]
        assert (obs["body"][BODY.x] > 0.5) == through
    sides = {math.copysign(1.0, x) for seed in range(4) for x in room.reset(seed=seed)[0]["things"][:6, THINGS.x]}
    assert sides == {-1.0, 1.0}


def test_the_television_is_noise_until_the_knob_changes_its_channel() -> None:
    room = worlds.make("playroom", seed=4, television=True)
    row = room.things.index("television")

    def pictures(steps: int) -> tuple[int, int]:
        """Returns how many colours and how many arrangements of pixels are seen."""
        colors, arrangements = set(), set()
        first = room.scene().nodes.index("pixel")
        for _ in range(steps):
            obs = room.step(STILL)[0]
            colors.add(obs["things"][row, THINGS.rgb].tobytes())
            arrangements.add(room.scene().poses[first : first + 24].tobytes())
        return len(colors), len(arrangements)

    assert pictures(6) == (6, 6)
    for channel in (*CHANNELS[1:], CHANNELS[0]):
        run_into(room, "knob")
        assert room.truth()["television.channel"] == channel
        room.apply(Place("kitten", (0.0, 0.0)))
        room.step(STILL)
        assert pictures(4) == ((4, 4) if channel == "noise" else (1, 1))


def test_nothing_is_put_into_the_wall_between_the_rooms() -> None:
    world = worlds.make("playroom", seed=1, doorway=True)
    world.apply(Place("kitten", (0.0, 2.0)))
    world.step(np.zeros(5, np.float32))
    assert abs(world.truth()["body.position"][0]) > 0.2
    assert all(force < 500.0 for _, _, force in world.truth()["contacts"])
    for name in ("kitten", "red ball"):
        with pytest.raises(UserError, match="overlaps wall partition"):
            world.reset(options={"layout": {name: (0.0, 2.0)}})
    world.reset(options={"layout": {"kitten": (0.0, 0.0)}})  # the doorway is free
    world.close()
