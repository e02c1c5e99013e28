"""Snapshots as bytes: what does not fit is refused, and restoring again and again is exact."""

from __future__ import annotations

import json

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from tests.worlds.conftest import random_episode, same_observations, walk_with_pokes

ROOMS = pytest.mark.parametrize("name", ["playroom", "tabletop"])


def with_head(snapshot: bytes, **head: object) -> bytes:
    first, _, body = snapshot.partition(b"\n")
    return json.dumps({**json.loads(first), **head}).encode() + b"\n" + body


def with_signature(snapshot: bytes, **fits: object) -> bytes:
    return with_head(snapshot, fits={**json.loads(snapshot.partition(b"\n")[0])["fits"], **fits})


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s: b"", "no snapshot of a world"),
        (lambda s: b"\x00\xff" * 40, "no snapshot of a world"),
        (lambda s: b"{}", "no snapshot of a world"),
        (lambda s: b'{"physics": "AA=="}', "format 1, and this is format 2"),
        (lambda s: s[: len(s) // 2], "damaged: its checksum should be"),
        (lambda s: s[:-200] + b"x" + s[-199:], "damaged: its checksum should be"),
        (lambda s: with_head(s, format=9), "format 9, and this housecat reads format 2"),
        (lambda s: with_signature(s, world="Maze"), "world 'Maze', and this world has world '(Playroom|Tabletop)'"),
        (lambda s: with_signature(s, version=3), "version 3, and this world has version 0"),
        (lambda s: with_signature(s, physics_dt=0.01), "physics_dt 0.01, and this world has physics_dt 0.0041"),
    ],
)
@ROOMS
def test_a_snapshot_that_does_not_fit_is_refused_and_nothing_changes(name: str, spoil: object, words: str) -> None:
    world = worlds.make(name, seed=4)
    random_episode(world, 3)
    before = world.digest(), world.exact_state()
    with pytest.raises(UserError, match=words):
        world.restore(spoil(world.snapshot()))
    assert (world.digest(), world.exact_state()) == before
    world.step(np.zeros(5, np.float32))
    world.reset(seed=4)
    assert random_episode(world, 2) == random_episode(worlds.make(name, seed=4), 2)


def test_going_back_again_and_again_is_as_exact_as_the_first_time() -> None:
    world = worlds.make("playroom", seed=1)
    walk_with_pokes(world, 15)
    snapshots = [world.snapshot(), (walk_with_pokes(world, 5), world.snapshot())[1]]
    rests = [
        (world.restore(snapshot), walk_with_pokes(world, 10, seed=2), world.digest())[1:] for snapshot in snapshots
    ]
    for _ in range(4):  # from the third time on from memory
        for snapshot, (rest, digest) in zip(snapshots, rests, strict=True):
            world.restore(snapshot)
            assert same_observations(rest, walk_with_pokes(world, 10, seed=2))
            assert world.digest() == digest
