"""The playroom and its extras."""

from __future__ import annotations

import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS, VITALS
from worlds import Meal, Place, Poke
from worlds.env import World
from worlds.rooms.fixtures.toys import FEEDER, PLATE, TOYS
from worlds.rooms.playroom import EXTRAS

STILL = np.zeros(5, np.float32)


AHEAD = np.array([1, 0, 0, 0, 0], np.float32)


def facing(world: World, target: np.ndarray, back: float) -> None:
    """Puts the kitten `back` metres before a place, facing it."""
    world.apply(Place("kitten", (float(target[0] - back), float(target[1]))))
    world.body.place(float(target[0] - back), float(target[1]), 0.0)


def names(info: dict, kind: str) -> set[str]:
    return {e["thing"] for e in info["events"] if e["event"] == kind}


def test_observations_lie_in_their_space(world: World) -> None:
    obs, _ = world.reset(seed=1)
    for _ in range(20):
        assert world.observation_space.contains(obs)
        obs = world.step(world.action_space.sample())[0]


def test_nothing_overlaps_in_a_new_room() -> None:
    for seed in range(30):
        room = worlds.make("playroom", seed=seed)
        truth = room.truth()
        places = [*truth["things.position"][:, :2], truth["body.position"][:2]]
        radii = [*(toy.shape.size[0] for toy in TOYS), PLATE.size[0], FEEDER.size[0], 0.3]
        for i in range(len(places)):
            assert np.abs(places[i]).max() < 3.0
            for j in range(i):
                assert math.dist(places[i], places[j]) > radii[i] + radii[j]
        room.close()


def test_pushing_a_toy_is_felt_and_moves_it(world: World) -> None:
    world.apply(Place("red ball", (0.0, 0.0)))
    facing(world, np.zeros(2), 0.8)
    touched = set()
    for _ in range(8):
        obs, _, _, _, info = world.step(AHEAD)
        touched |= names(info, "contact")
    assert "red ball" in touched
    assert obs["things"][0, THINGS.x] > 0.3
    assert {part for part, *_ in world.truth()["contacts"]} <= {"body", "head", "paw"}


def test_the_hot_plate_hurts_while_one_is_on_it(world: World) -> None:
    assert world.truth()["plate.heat"] == 1.0
    world.apply(Place("kitten", world.plate.position[:2]))
    felt = [world.step(STILL)[0]["vitals"] for _ in range(5)]
    assert felt[-1][1] > 0.9
    assert felt[-1][2] > 65.0
    x, y, _ = world.plate.position
    world.apply(Place("kitten", (x, y - math.copysign(1.0, y))))
    for _ in range(20):
        obs = world.step(STILL)[0]
    assert obs["vitals"][VITALS.damage] == 0.0


def test_the_feeder_feeds_and_effort_costs_energy(world: World) -> None:
    rest = np.diff([world.step(STILL)[0]["vitals"][VITALS.energy] for _ in range(2)])[0]
    work = np.diff([world.step(np.ones(5, np.float32))[0]["vitals"][VITALS.energy] for _ in range(2)])[0]
    assert work < rest < 0.0
    world.apply(Meal(-0.5))
    hungry = world.step(STILL)[0]["vitals"][VITALS.energy]
    feeder = world.truth()["things.position"][-1]
    inward = -np.sign(feeder[:2]) * (np.abs(feeder[:2]) > 2.5)
    start = feeder[:2] + inward * 0.8
    world.body.place(float(start[0]), float(start[1]), math.atan2(-inward[1], -inward[0]))
    fed = False
    for _ in range(10):
        obs, _, _, _, info = world.step(AHEAD)
        fed |= any(e["event"] == "fed" for e in info["events"])
    assert fed
    assert obs["vitals"][VITALS.energy] > hungry


def test_a_poke_moves_its_target_and_is_logged(world: World) -> None:
    before = world.truth()["things.position"][0].copy()
    world.apply(Poke("red ball", (0.3, 0.0, 0.0)))
    info = world.step(STILL)[4]
    assert info["events"][0] == {"event": "poke", "target": "red ball", "impulse": (0.3, 0.0, 0.0)}
    assert world.truth()["things.position"][0, 0] > before[0] + 0.05
    with pytest.raises(UserError, match="Did you mean red ball"):
        world.apply(Poke("red bal", (1.0, 0.0, 0.0)))


def test_truth_never_enters_an_observation(world: World) -> None:
    obs = world.step(STILL)[0]
    assert set(obs) == {"body", "touch", "things", "vitals"}
    assert not {"plate.heat", "contacts", "on_plate"} & set(obs)


def test_only_the_senses_asked_for_are_given() -> None:
    world = worlds.make("playroom", senses=("body", "vitals"))
    assert set(world.reset(seed=0)[0]) == set(world.observation_space) == {"body", "vitals"}


def test_what_a_layout_does_not_name_makes_way(world: World) -> None:
    for seed in range(30):
        for place in ((0.0, 0.0), (1.5, -1.5)):
            world.reset(seed=seed, options={"layout": {"red ball": place, "kitten": (-place[0] - 0.6, 0.6)}})
            truth = world.truth()
            ball = truth["things.position"][truth["things.names"].index("red ball")]
            np.testing.assert_allclose(ball[:2], place, atol=1e-6)


def test_scene_and_frames_show_where_things_are(world: World) -> None:
    world.step(AHEAD)
    scene = world.scene()
    assert world.frames().shape == (6, len(scene.nodes), 7)
    np.testing.assert_array_equal(world.frames()[-1], scene.poses)
    assert max(shape.node for shape in scene.shapes) < len(scene.nodes)
    ball = scene.nodes.index("red ball")
    np.testing.assert_allclose(scene.poses[ball, :3], world.truth()["things.position"][0], atol=1e-6)
    assert scene.nodes[scene.body] == "kitten"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"senses": ("body", "smel")}, "unknown sense 'smel'"),
        ({"control_dt": 0.1234}, "whole multiple"),
        ({"control_dt": -1.0}, "whole multiple"),
        ({"frames_per_step": 5}, "must divide"),
        ({"render_mode": "ascii"}, "rgb_array"),
    ],
)
def test_unusable_options_are_refused_with_a_remedy(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        worlds.make("playroom", **options)


ADDED = {
    "lamp": {"lamp", "switch"},
    "lever": {"lever"},
    "ramp": {"ramp"},
    "doorway": set(),
    "television": {"television", "knob"},
}


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
