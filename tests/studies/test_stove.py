"""The kitten is put where it gets hot when the lamp begins to shine, and lamp is told from heat."""

from pathlib import Path

import numpy as np
import pytest
import torch

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


def test_a_study_tells_of_critic_and_lamp_and_of_the_unburnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, bool, bool]] = []

    def burns(mind: Mind, world: worlds.World, putting: object, critic: bool, steps: int) -> float:
        asked.append((mind.config.horizon, critic, torch.equal(weights, mind.world_model.pair_net.weights[0])))
        return 0.1 * len(asked)

    weights = Mind.load("kitten").world_model.pair_net.weights[0]
    monkeypatch.setattr(stove, "burns", burns)
    monkeypatch.setattr(stove, "SHOWN", 150)
    kitten = stove._kitten("kitten", 31, 4)
    unburnt, burnt = asked[:2], asked[2:]
    assert unburnt == [(14, True, True), (3, True, True)]
    assert burnt == [(14, True, False), (14, False, False), (3, True, False), (3, False, False)]
    assert [kitten[name] for name in ("14 unburnt", "3 False")] == [0.1, pytest.approx(0.6)]
    assert all(0.0 < kitten[f"{when}{who}"] < 1.0 for when in ("lit", "dark") for who in ("", " unburnt"))
    stove._draw([kitten], tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
