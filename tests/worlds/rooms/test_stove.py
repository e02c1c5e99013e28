"""The stove."""

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS, VITALS
from worlds import Place, Switch
from worlds.env import World

STILL = np.zeros(5, np.float32)


def watch(room: World, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns, per control step, whether the lamp was on and whether the plate was hot."""
    seen = []
    for _ in range(round(seconds / room.control_dt)):
        room.step(STILL)
        seen.append((room.truth()["lamp.on"], room.truth()["plate.heat"] > 0))
    lamp, heat = np.array(seen).T
    return lamp, heat


def stove(pairing: str) -> World:
    return worlds.make(
        "stove", seed=1, pairing=pairing, physics_dt=1 / 60, frames_per_step=1
    )  # coarse: only times matter


def test_paired_the_lamp_comes_two_seconds_before_heat_and_stays() -> None:
    lamp, heat = watch(stove("on"), 60)
    assert not (heat & ~lamp).any()
    begins = np.flatnonzero(np.diff(lamp.astype(int)) == 1)
    hot = np.flatnonzero(np.diff(heat.astype(int)) == 1)
    assert len(begins) >= 5
    assert set((hot - begins[: len(hot)]).tolist()) == {10}  # 2 s


def test_unpaired_heat_comes_as_often_but_at_times_of_its_own() -> None:
    lamp, heat = watch(stove("off"), 90)
    paired = watch(stove("on"), 90)[1]
    assert heat.mean() == pytest.approx(paired.mean(), abs=0.1)
    assert (heat & ~lamp).any()
    assert (lamp & ~heat).any()


def test_reversed_heat_comes_when_the_lamp_is_dark() -> None:
    lamp, heat = watch(stove("reversed"), 60)
    np.testing.assert_array_equal(heat, ~lamp)


def test_the_pairing_is_set_while_running_by_an_event_that_is_logged() -> None:
    room = stove("on")
    watch(room, 10)
    room.apply(Switch("pairing", "reversed"))
    info = room.step(STILL)[4]
    assert {"event": "switch", "target": "pairing", "setting": "reversed"} in info["events"]
    lamp, heat = watch(room, 30)
    np.testing.assert_array_equal(heat, ~lamp)
    room.reset()
    assert room.truth()["pairing"] == "on"


def test_only_the_plate_that_gets_hot_hurts() -> None:
    room = stove("reversed")
    assert room.truth()["plate.heat"] == 1.0  # the lamp is dark at first
    for side in (room.side, 1 - room.side):
        x, y, _ = room.plates[side].position
        room.apply(Place("kitten", (x, y)))
        for _ in range(5):
            obs = room.step(STILL)[0]
        assert not room.truth()["lamp.on"]
        assert (obs["vitals"][VITALS.damage] > 0.9) == (side == room.side)


def test_heat_is_not_to_be_seen() -> None:
    room = stove("reversed")
    plates = [room.things.index(f"{side} plate") for side in ("left", "right")]
    rows = room.observe()["things"][plates]
    rows[:, THINGS.position] = 0.0
    np.testing.assert_array_equal(rows[0], rows[1])
    lamp = room.things.index("lamp")
    glow = [room.step(STILL)[0]["things"][lamp, THINGS.glow] == room.truth()["lamp.on"] for _ in range(50)]
    assert all(glow)


def test_unusable_pairings_are_refused() -> None:
    with pytest.raises(UserError, match="Did you mean on"):
        worlds.make("stove", pairing="onn")
    room = stove("on")
    with pytest.raises(UserError, match="unknown pairing 'of'"):
        room.apply(Switch("pairing", "of"))
    with pytest.raises(UserError, match="unknown target of a switch"):
        room.apply(Switch("heat", "off"))
    with pytest.raises(UserError, match="nothing can be set in this room"):
        worlds.make("playroom").apply(Switch("pairing", "off"))
    assert room.step(STILL)[4]["events"] == []
