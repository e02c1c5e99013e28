"""The kitten is put where it gets hot when the lamp begins to shine, and lamp is told from heat."""

from pathlib import Path

import numpy as np
import pytest

import worlds
from agent import Mind
from studies import stove


def test_the_body_is_put_onto_the_plate_that_gets_hot_each_time_the_lamp_begins_to_shine() -> None:
    world = worlds.make("stove", seed=31)
    events, shone = stove._when_it_shines(world, 31, stove.ON), []
    for step in range(150):
        put, truth = events(step), world.truth()
        if put:
            world.apply(put[0])
            row = world.things.index(truth["plate.name"])
            assert np.linalg.norm(np.subtract(put[0].position, truth["things.position"][row, :2])) <= stove.ON
            assert not truth["plate.heat"]
        shone.append((truth["lamp.on"], bool(put)))
        world.step(np.zeros(5, np.float32))
    begins = [step for step, (lit, _) in enumerate(shone) if lit and not shone[step - 1][0]]
    assert begins == [step for step, (_, put) in enumerate(shone) if put]
    assert len(begins) >= 2


def test_dread_is_what_the_critic_tells_before_there_is_heat_by_whether_the_lamp_shines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = worlds.make("stove", seed=31)
    mind = Mind.born(world, seed=0)

    def told(_: Mind, obs: dict[str, np.ndarray]) -> np.ndarray:
        assert not world.truth()["plate.heat"]
        return np.array([0.0, 0.9 if world.truth()["lamp.on"] else 0.2])

    monkeypatch.setattr(stove, "alarmed", told)
    assert stove.dread(mind, world, 31, 120) == pytest.approx({"lit": 0.9, "dark": 0.2})


def test_a_study_tells_of_critic_and_lamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, small in (("TESTED", 3), ("SHOWN", 150)):
        monkeypatch.setattr(stove, name, small)
    kitten = stove._kitten("kitten", 31, 4)
    assert set(kitten) == {"14 True", "14 False", "3 True", "3 False", "lit", "dark"}
    stove._draw([kitten], tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
