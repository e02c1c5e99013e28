import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS, VITALS
from worlds import Meal, Place, Poke
from worlds.env import World
from worlds.rooms.fixtures.toys import FEEDER, PLATE, TOYS

STILL = np.zeros(5, np.float32)
AHEAD = np.array([1, 0, 0, 0, 0], np.float32)


@pytest.fixture
def world() -> World:
    return worlds.make("playroom", seed=7)


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


def test_a_room_has_six_toys_of_three_shapes_and_different_masses() -> None:
    assert len(TOYS) >= 6
    assert {toy.shape.kind for toy in TOYS} == {"sphere", "box", "cylinder"}
    assert len({toy.mass for toy in TOYS}) == len({toy.shape.color for toy in TOYS}) == len(TOYS)


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


def test_driving_ahead_goes_where_the_head_points(world: World) -> None:
    world.body.place(0.0, 0.0, math.pi / 2)
    for i, name in enumerate(toy.name for toy in TOYS):
        world.apply(Place(name, (-2.6, -2.5 + 0.5 * i)))
    for _ in range(5):
        obs = world.step(AHEAD)[0]
    assert obs["body"][BODY.y] > 0.5
    assert abs(obs["body"][BODY.x]) < 0.1
    assert obs["body"][BODY.vy] == pytest.approx(0.8, abs=0.1)


def test_head_and_paw_go_to_the_angles_that_they_are_told(world: World) -> None:
    for _ in range(5):
        obs = world.step(np.array([0, 0, 0.5, -0.5, 1], np.float32))[0]
    head, shoulder, paw = obs["body"][[world.body.readings.index(name) for name in ("head", "shoulder", "paw")]]
    assert head == pytest.approx(0.6, abs=0.05)
    assert shoulder == pytest.approx(-0.95, abs=0.05)
    assert paw == pytest.approx(0.7, abs=0.05)


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


def test_an_overturned_kitten_lands_on_its_feet(world: World) -> None:
    world.physics.place(world.body.id, (0.0, 0.0, 0.3), (1.0, 0.0, 0.0, 0.0))
    info = world.step(STILL)[4]
    assert {"event": "fall"} in info["events"]
    assert world.body.upright_cosine() > 0.9


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


def test_scene_and_film_show_where_things_are(world: World) -> None:
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


def test_an_unknown_world_is_named_with_its_neighbours() -> None:
    with pytest.raises(UserError, match="Did you mean playroom"):
        worlds.make("playrom")
