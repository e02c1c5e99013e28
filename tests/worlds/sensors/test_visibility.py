"""Which things are in view."""

from __future__ import annotations

import math

import numpy as np

import worlds
from housecat.core.obs_layout import THINGS
from tests.worlds.sensors.conftest import staged_playroom
from worlds import Place
from worlds.env import World
from worlds.rooms.fixtures.toys import TOYS


def present(world: World) -> set[str]:
    rows = world.observe()["things"]
    return {name for name, row in zip(world.things, rows, strict=True) if row[-1] > 0.5}


def test_only_what_is_ahead_and_not_hidden_is_seen() -> None:
    world = staged_playroom(things="seen", senses=("things",))
    assert present(world) == {"hot plate", "feeder"}
    world.toys[1].place(-0.3, 0.0)
    assert "blue ball" in present(world)
    world.feeder.place(-0.9, 0.0)  # higher than the eye, in front of it
    assert present(world) == {"feeder"}
    world.feeder.place(-0.9, -0.4)
    assert present(world) == {"hot plate", "feeder", "blue ball"}
    world.body.place(-1.5, 0.0, math.pi)
    assert {"blue ball", "hot plate", "feeder"}.isdisjoint(present(world))
    hidden = world.observe()["things"][world.things.index("blue ball")]
    np.testing.assert_array_equal(hidden, 0.0)


def test_what_lies_flat_and_cannot_be_touched_is_seen_unless_something_is_before_it() -> None:
    world = staged_playroom(things="seen", senses=("things",))
    world.plate.place(0.5, 0.0, 0.0)
    assert "hot plate" in present(world)
    world.feeder.place(-0.95, 0.0)
    assert "hot plate" not in present(world)


def test_what_is_seen_is_what_all_things_holds_of_it() -> None:
    seen, everything = (staged_playroom(things=things, senses=("things",)) for things in ("seen", "all"))
    rows, known = seen.observe()["things"], everything.observe()["things"]
    some = rows[:, THINGS.present] > 0.5
    assert 0 < some.sum() < len(TOYS)
    np.testing.assert_array_equal(rows[some], known[some])
    np.testing.assert_array_equal(seen.truth()["things.position"], everything.truth()["things.position"])


def test_seeing_changes_no_episode() -> None:
    one, other = worlds.make("playroom", seed=3), worlds.make("playroom", seed=3, things="seen")
    rng = np.random.default_rng(0)
    for _ in range(20):
        action = rng.uniform(-1, 1, 5).astype(np.float32)
        one.step(action), other.step(action)
    assert one.exact_state() == other.exact_state()


def test_a_thing_put_in_place_by_an_event_is_seen() -> None:
    world = staged_playroom(things="seen", senses=("things",))
    world.apply(Place("blue ball", (-0.5, 0.1)))
    assert "blue ball" in present(world)
