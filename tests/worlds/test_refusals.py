"""What does not fit is refused with what was given and what is allowed, and the world can go on."""

import json

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from worlds.env import World
from worlds.testing.random_script import random_script

ROOMS = pytest.mark.parametrize("name", ["playroom", "tabletop"])


def walk(world: World, steps: int) -> str:
    for action, _ in random_script(world, 0, steps):
        world.step(action)
    return world.digest()


def changed(snapshot: bytes, **head: object) -> bytes:
    first, _, body = snapshot.partition(b"\n")
    return json.dumps({**json.loads(first), **head}).encode() + b"\n" + body


def refitted(snapshot: bytes, **fits: object) -> bytes:
    return changed(snapshot, fits={**json.loads(snapshot.partition(b"\n")[0])["fits"], **fits})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s: b"", "no snapshot of a world"),
        (lambda s: b"\x00\xff" * 40, "no snapshot of a world"),
        (lambda s: b"{}", "no snapshot of a world"),
        (lambda s: b'{"physics": "AA=="}', "format 1, and this is format 2"),
        (lambda s: s[: len(s) // 2], "damaged: its checksum should be"),
        (lambda s: s[:-200] + b"x" + s[-199:], "damaged: its checksum should be"),
        (lambda s: changed(s, format=9), "format 9, and this housecat reads format 2"),
        (lambda s: refitted(s, world="Maze"), "world 'Maze', and this world has world '(Playroom|Tabletop)'"),
        (lambda s: refitted(s, version=3), "version 3, and this world has version 0"),
        (lambda s: refitted(s, physics_dt=0.01), "physics_dt 0.01, and this world has physics_dt 0.0041"),
    ],
)
@ROOMS
def test_a_snapshot_that_does_not_fit_is_refused_and_nothing_changes(name: str, spoil: object, words: str) -> None:
    world = worlds.make(name, seed=4)
    walk(world, 3)
    before = world.digest(), world.exact_state()
    with pytest.raises(UserError, match=words):
        world.restore(spoil(world.snapshot()))
    assert (world.digest(), world.exact_state()) == before
    world.step(np.zeros(5, np.float32))
    world.reset(seed=4)
    assert walk(world, 2) == walk(worlds.make(name, seed=4), 2)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (np.zeros(4), r"shape \(5,\); got shape \(4,\)"),
        (np.zeros((1, 5)), r"shape \(5,\); got shape \(1, 5\)"),
        ([0, 0, np.nan, 0, 0], "5 finite numbers from -1 to 1; got .*nan"),
        ([0, 0, 0, 0, 1.5], "from -1 to 1; got .*1.5"),
        ([0, 0, 0, 0, -np.inf], "from -1 to 1; got .*-inf"),
        ("left", "of type <U4"),
        (None, "of type object"),
        ([[0.0], [0.0, 1.0]], "5 finite numbers"),
        (np.zeros(5, complex), "of type complex128"),
    ],
)
@ROOMS
def test_a_bad_action_is_refused_with_both_values_and_the_world_goes_on(name: str, action: object, words: str) -> None:
    world, other = worlds.make(name, seed=4), worlds.make(name, seed=4)
    with pytest.raises(UserError, match=words):
        world.step(action)
    assert walk(world, 3) == walk(other, 3)


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
    assert walk(world, 3) == walk(worlds.make("tabletop", seed=4), 3)
