"""The theatre."""

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from worlds.rooms.base import Room
from worlds.rooms.theatre_acts import ACTS

STILL = np.zeros(5, np.float32)
PRESENT, COLOR = 18, slice(11, 14)


def play(act: str, twist: bool, seed: int = 4) -> tuple[np.ndarray, Room]:
    """Returns the things (T, K, 19) during an act, from left to right or from right to left by the seed."""
    room = worlds.make("theatre", seed=seed, act=act, twist=twist, frames_per_step=1)
    return np.array([room.step(STILL)[0]["things"] for _ in range(30)]), room


def track(things: np.ndarray, room: Room, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far along its way a thing is (T,) (m), and whether it is there (T,)."""
    row = things[:, room.things.index(name)]
    return room.side * row[:, 0], row[:, PRESENT] > 0


@pytest.fixture(scope="module")
def played() -> dict[tuple[str, bool], tuple[np.ndarray, Room]]:
    return {(act, twist): play(act, twist) for act in ACTS for twist in (False, True)}


@pytest.mark.parametrize("act", ACTS)
def test_a_pair_is_alike_up_to_the_event_and_not_after_it(played: dict, act: str) -> None:
    (plain, one), (twisted, other) = played[act, False], played[act, True]
    when = other.truth()["scene.happened_at"]
    assert one.truth()["scene.happened_at"] is None
    before = int(when / one.control_dt - 1e-6)  # steps that ended before it happened
    assert before >= 3
    np.testing.assert_array_equal(plain[:before], twisted[:before])
    assert not np.array_equal(plain[before : before + 2], twisted[before : before + 2])


@pytest.mark.parametrize("act", ACTS)
def test_the_truth_says_what_is_possible(played: dict, act: str) -> None:
    for twist in (False, True):
        truth = played[act, twist][1].truth()
        assert (truth["scene.act"], truth["scene.twisted"]) == (act, twist)
        assert truth["scene.possible"] == (not twist or act in ("recolouring", "pushing"))
        assert truth["scene.over"]


def test_the_ball_vanishes(played: dict) -> None:
    at, there = track(*played["vanishing", False], "ball")
    assert there.all()
    assert at.max() > 1.8
    at, there = track(*played["vanishing", True], "ball")
    assert not there[-1]
    assert at[there].max() < 1.1  # never seen past the second screen


def test_a_second_ball_appears(played: dict) -> None:
    assert not track(*played["appearing", False], "twin")[1].any()
    at, there = track(*played["appearing", True], "twin")
    assert there[-1]
    assert at[there].min() > 0.3


def test_the_ball_never_shows_in_the_gap_when_it_is_teleported(played: dict) -> None:
    def gap(at: np.ndarray) -> bool:
        return bool(((at > -0.2) & (at < 0.2)).any())

    assert gap(track(*played["teleport", False], "ball")[0])
    at, _ = track(*played["teleport", True], "ball")
    assert not gap(at)
    assert at.max() > 1.5


def test_the_ball_comes_back_from_a_wall_or_passes_through_it(played: dict) -> None:
    at, _ = track(*played["passing", False], "ball")
    assert at.max() < 0.75
    assert at[-1] < 0.3
    assert track(*played["passing", True], "ball")[0][-1] > 1.2


def test_the_block_falls_or_floats(played: dict) -> None:
    def heights(twist: bool) -> np.ndarray:
        things, room = played["floating", twist]
        return things[:, room.things.index("block"), THINGS.z]

    assert heights(False)[-1] == pytest.approx(0.11, abs=0.01)
    assert heights(True).min() > 0.7
    things, room = played["floating", True]
    hand = things[-1, room.things.index("hand"), THINGS.position]
    block = things[-1, room.things.index("block"), THINGS.position]
    assert np.linalg.norm(hand - block) > 0.5  # nothing holds it


def test_the_ball_comes_out_as_a_block(played: dict) -> None:
    assert not track(*played["changing", True], "ball")[1][-1]
    at, there = track(*played["changing", True], "block")
    assert there[-1]
    assert at.max() > 1.0


@pytest.mark.parametrize("act", ["bouncing", "pushing"])
def test_the_ball_turns_back_by_itself_or_by_the_hand(played: dict, act: str) -> None:
    assert track(*played[act, False], "ball")[0].max() > 1.8
    at, _ = track(*played[act, True], "ball")
    assert at.max() < 0.35
    assert at[-1] < -1.0
    things, room = played[act, True]
    hand, ball = (things[:, room.things.index(name)] for name in ("hand", "ball"))
    met = (hand[:, PRESENT] > 0) & (np.linalg.norm(hand[:, :2] - ball[:, :2], axis=1) < 0.35)
    assert met.any() == (act == "pushing")


def test_the_ball_comes_out_in_another_colour(played: dict) -> None:
    things, room = played["recolouring", True]
    at, there = track(things, room, "blue ball")
    assert there[-1]
    assert at.max() > 1.8
    assert things[-1, room.things.index("blue ball"), COLOR] == pytest.approx((0.2, 0.45, 0.95))


def test_acts_twists_and_sides_vary_by_the_seed() -> None:
    room = worlds.make("theatre", seed=0)
    seen = set()
    for seed in range(60):
        room.reset(seed=seed)
        seen.add((room.playing, room.twisted, room.side))
    assert {act for act, _, _ in seen} == set(ACTS)
    assert {twist for _, twist, _ in seen} == {False, True}
    assert {side for _, _, side in seen} == {-1, 1}


def test_an_act_can_be_set_between_resets() -> None:
    room = worlds.make("theatre", seed=0)
    room.act, room.twist = "floating", True
    room.reset(seed=3)
    assert (room.playing, room.twisted) == ("floating", True)


def test_unusable_acts_are_refused() -> None:
    with pytest.raises(UserError, match="Did you mean vanishing"):
        worlds.make("theatre", act="vanishin")
    with pytest.raises(UserError, match="twist='yes'"):
        worlds.make("theatre", twist="yes")
