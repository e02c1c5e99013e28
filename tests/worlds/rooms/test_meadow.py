"""The meadow."""

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from worlds.rooms.base import Room


@pytest.fixture(scope="module")
def room() -> Room:
    return worlds.make("meadow", seed=0, frames_per_step=1)


def test_the_ground_is_uneven_and_flat_along_the_walls(room: Room) -> None:
    assert 0.25 < np.ptp(room.heights) < 1.0
    assert np.abs(room.heights[[0, -1]]).max() == np.abs(room.heights[:, [0, -1]]).max() == 0.0
    slope = np.abs(np.diff(room.heights, axis=0)).max() / 0.25
    assert slope < 0.7


def test_what_is_drawn_and_said_is_where_things_come_to_rest(room: Room) -> None:
    room.reset(seed=1)
    cone = room.cones[0]
    radius = cone.shape.size[0]
    for x, y in ((1.3, -0.7), (-2.1, 1.4), (0.6, 2.3)):
        cone.place(x, y, room.ground_height(x, y) + radius + 0.15)
        for _ in range(2):
            room.step(np.zeros(8, np.float32))
        at = cone.pose()[0]
        i, j = (round((v + 4.0) / 0.25) for v in at[:2])
        assert at[2] - radius == pytest.approx(float(room.heights[i, j]), abs=0.08)


def test_the_crawler_walks_over_the_hills(room: Room) -> None:
    room.reset(seed=1)
    for i, thing in enumerate((*room.boulders, *room.cones, room.bush)):
        thing.place(-3.5, -3.0 + 0.9 * i, 0.3)
    room.body.place(0.0, 0.0, 0.0, room.ground_height(0.0, 0.0))
    for k in range(25):
        legs = np.zeros((4, 2))
        air, ground = ([0, 3], [1, 2]) if k % 2 else ([1, 2], [0, 3])
        legs[air], legs[ground] = (0.8, 0.35), (-0.8, 0.0)
        obs = room.step(legs.ravel().astype(np.float32))[0]
    assert np.hypot(*obs["body"][BODY.position]) > 0.5


def test_the_hills_stay_through_resets_and_other_numbers_give_other_hills(room: Room) -> None:
    before = room.heights.copy()
    room.reset(seed=7)
    np.testing.assert_array_equal(room.heights, before)
    other = worlds.make("meadow", seed=0, hills=1)
    assert not np.array_equal(other.heights, before)
    flat = worlds.make("meadow", seed=0, steepness=0.0)
    assert not flat.heights.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"hills": -1}, "hills=-1"), ({"hills": 0.5}, "hills=0.5"), ({"steepness": 3}, "from 0 to 2")],
)
def test_unusable_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        worlds.make("meadow", **options)
