"""What every room keeps, with every body that it can be made with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from tests.worlds.conftest import random_episode
from worlds.bodies import BODIES
from worlds.rooms import ROOMS
from worlds.rooms.base import Room


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        ({"red block": (9.0, 0.0)}, r"'red block'\]=\(9.0, 0.0\) lies outside the room of 1.5 x 1.2 m"),
        ({"red block": (0.1, 0.0), "green block": (0.1, 0.01)}, r"'red block'.* overlaps green block at \(0.10"),
        ({"red block": (0.1,)}, "give x, y"),
        ({"red block": (float("nan"), 0.0)}, "give x, y"),
        ({"red blok": (0.1, 0.0)}, "Did you mean red block"),
        ({"arm": (0.1, 0.0)}, "bolted to the table"),
    ],
)
def test_a_layout_that_does_not_fit_is_refused_and_the_world_can_be_used(layout: dict, words: str) -> None:
    world = worlds.make("tabletop", seed=4)
    with pytest.raises(UserError, match=words):
        world.reset(options={"layout": layout})
    world.reset(seed=4)
    assert random_episode(world, 3) == random_episode(worlds.make("tabletop", seed=4), 3)


EVERY = [(name, {"body": body}) for name, room in ROOMS.items() for body in room.bodies]


EVERY += [("playroom", {"extras": "all", "body": body}) for body in ROOMS["playroom"].bodies]


def label(case: tuple[str, dict[str, Any]]) -> str:
    return "-".join([case[0], *map(str, case[1].values())])


@pytest.fixture(scope="module", params=EVERY, ids=label)
def case(request: pytest.FixtureRequest) -> Iterator[tuple[Room, Room]]:
    """A room and another one of its kind, made with another seed and already used."""
    name, options = request.param
    room, other = worlds.make(name, seed=0, **options), worlds.make(name, seed=5, **options)
    walk(other, 7, seed=9)
    yield room, other
    room.close()
    other.close()


def walk(room: Room, steps: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
    """Lives some steps of smooth noise, with pokes at what can be poked."""
    rng = np.random.default_rng(seed)
    size = room.action_space.shape[0]
    movable = [t.name for t in room._things if t.movable and t.present]
    path, action = [], np.zeros(size)
    for step in range(steps):
        action = np.clip(0.8 * action + 0.5 * rng.normal(size=size), -1, 1)
        if movable and step % 10 == 5:
            room.apply(worlds.Poke(movable[step % len(movable)], (0.05, -0.03, 0.0)))
        path.append(room.step(action.astype(np.float32))[0])
    return path


def assert_same(a: list[dict], b: list[dict]) -> None:
    for step, (x, y) in enumerate(zip(a, b, strict=True)):
        for name in x:
            np.testing.assert_array_equal(x[name], y[name], err_msg=f"{name} at step {step}")


def test_observations_lie_in_their_space_and_stay_finite(case: tuple[Room, Room]) -> None:
    room, _ = case
    first, info = room.reset(seed=1)
    assert info["events"] == []
    for obs in (first, *walk(room, 6)):
        assert room.observation_space.contains(obs)
        assert all(np.isfinite(values).all() for values in obs.values())


def test_the_same_seed_gives_the_same_episode_in_a_new_room_and_in_a_used_one(case: tuple[Room, Room]) -> None:
    room, other = case
    first, _ = room.reset(seed=3)
    episode = walk(room, 15)
    again, _ = other.reset(seed=3)
    assert_same([first, *episode], [again, *walk(other, 15)])


def state_of(room: Room) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(room.snapshot().partition(b"\n")[2])  # after the head
    return state


def test_a_snapshot_keeps_its_keys(case: tuple[Room, Room]) -> None:
    room, _ = case
    state = state_of(room)
    assert set(state) == {"random", "steps", "events", "digest", "pushes", "own", "physics"}
    common = {"vitals", "touches", "things", "film", "eye", "pieces", "fixtures", "memory"}
    assert set(state["own"]) - common <= {"hot", "plan"}  # what playroom and maze add
    assert common <= set(state["own"])
    head = json.loads(room.snapshot().partition(b"\n")[0])
    assert set(head["fits"]) == {"world", "version", "movers", "control_dt", "physics_dt"}


def test_a_snapshot_restores_the_episode_in_another_room(case: tuple[Room, Room]) -> None:
    room, other = case
    room.reset(seed=4)
    walk(room, 8)
    snapshot = room.snapshot()
    scene = room.scene().poses
    rest = walk(room, 12, seed=1)
    truth = room.truth()
    other.reset(seed=8)
    other.restore(snapshot)
    np.testing.assert_array_equal(other.scene().poses, scene)
    assert_same(rest, walk(other, 12, seed=1))
    assert repr(other.truth()) == repr(truth)
    state, restored = state_of(room), state_of(other)
    assert state["own"] == restored["own"]
    assert state["random"] == restored["random"]


def test_truth_is_apart_from_observation(case: tuple[Room, Room]) -> None:
    room, _ = case
    obs, _ = room.reset(seed=5)
    truth = room.truth()
    assert {"body.position", "body.heading", "things.names", "things.position", "contacts"} <= set(truth)
    assert len(truth["things.names"]) == len(truth["things.position"]) == len(obs["things"])
    assert not set(truth) & set(obs)
    before = state_of(room)
    room.truth(), room.scene(), room.frames(), room.observe()
    after = state_of(room)
    assert after["own"] == before["own"]
    assert after["random"] == before["random"]


def test_every_shape_has_a_node_and_every_node_a_pose(case: tuple[Room, Room]) -> None:
    room, _ = case
    room.reset(seed=6)
    walk(room, 2)
    scene = room.scene()
    assert scene.poses.shape == (len(scene.nodes), 7)
    assert room.frames().shape == (room.frames_per_step, len(scene.nodes), 7)
    np.testing.assert_array_equal(room.frames()[-1], scene.poses)
    assert {shape.node for shape in scene.shapes} <= set(range(len(scene.nodes)))
    assert scene.nodes[scene.body] == room.body.name
    np.testing.assert_allclose(np.linalg.norm(scene.poses[:, 3:], axis=1), 1.0, atol=1e-3)
    for i, name in enumerate(room.things):
        at = scene.poses[scene.nodes.index(name), :3]
        np.testing.assert_allclose(at, room.truth()["things.position"][i], atol=1e-5)


def test_nothing_starts_inside_anything_else(case: tuple[Room, Room]) -> None:
    room, _ = case
    for seed in range(3):
        obs, _ = room.reset(seed=seed)
        start = obs["things"][:, THINGS.position]
        still = room.action_space.shape
        for _ in range(2):
            obs = room.step(np.zeros(still, np.float32))[0]
        moved = [t.movable and t.present for t in room._things]
        # What was pressed into something is thrown out of it at once.
        speed = np.linalg.norm(obs["things"][:, THINGS.velocity], axis=1)[moved] if any(moved) else np.zeros(1)
        shift = (obs["things"][:, THINGS.position] - start)[:, THINGS.position_xy]
        sideways = np.linalg.norm(shift, axis=1)[moved] if any(moved) else np.zeros(1)
        assert speed.max() < 4.0
        assert sideways.max() < 0.2


def test_a_second_reset_differs_reproducibly(case: tuple[Room, Room]) -> None:
    room, other = case
    layouts = []
    for one in (room, other):
        one.reset(seed=11)
        layouts.append([one.reset()[0], one.reset()[0]])
    assert_same(layouts[0], layouts[1])
    assert repr(layouts[0][0]) != repr(layouts[0][1])


def test_every_room_and_body_is_on_the_page_of_rooms_with_a_picture() -> None:
    docs = Path(worlds.__file__).parent.parent / "docs"
    page = (docs / "reference" / "worlds.md").read_text()
    assert "<!-- generated: worlds -->" in page  # with the bodies of each
    assert "<!-- generated: bodies -->" in page
    for name in (*ROOMS, *BODIES):
        assert f"![{name}](../worlds/{name}.png) `{name}`" in page
        assert (docs / "worlds" / f"{name}.png").stat().st_size < 150_000


@pytest.mark.parametrize("name", ROOMS)
def test_a_body_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="unknown body for this room 'dog'"):
        worlds.make(name, body="dog")


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_says_what_is_observed_and_how_it_ends(name: str) -> None:
    text = ROOMS[name].__doc__ or ""
    assert "Observation: see `Room`" in text
    assert "An episode has" in text
