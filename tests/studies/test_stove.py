"""The kitten is put where it gets hot when the lamp turns on, and the lamp is kept apart from the heat."""

from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from studies import stove


def test_the_body_is_put_onto_the_plate_that_gets_hot_each_time_the_lamp_turns_on() -> None:
    world = worlds.make("stove", seed=31)
    events, steps = stove._put_when_lamp_turns_on(world, 31, stove.ON), []
    for step in range(150):
        put, truth = events(step), world.truth()
        if put:
            world.apply(put[0])
            row = world.things.index(truth["plate.name"])
            assert np.linalg.norm(np.subtract(put[0].position, truth["things.position"][row, :2])) <= stove.ON
            assert not truth["plate.heat"]
        steps.append((truth["lamp.on"], bool(put)))
        world.step(np.zeros(5, np.float32))
    begins = [step for step, (lit, _) in enumerate(steps) if lit and not steps[step - 1][0]]
    assert begins == [step for step, (_, put) in enumerate(steps) if put]
    assert len(begins) >= 2


def test_dread_is_what_the_critic_predicts_before_there_is_heat_by_whether_the_lamp_is_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = worlds.make("stove", seed=31)
    mind = Mind.born(world, seed=0)

    def probability(_: Mind, obs: dict[str, np.ndarray]) -> np.ndarray:
        assert not world.truth()["plate.heat"]
        return np.array([0.0, 0.9 if world.truth()["lamp.on"] else 0.2])

    monkeypatch.setattr(stove, "pain_probability", probability)
    assert stove.dread(mind, world, 31, 120) == pytest.approx({"on": 0.9, "off": 0.2})


def test_a_kitten_is_measured_by_critic_and_lamp_and_as_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[int, bool, bool]] = []

    def share_hurt(mind: Mind, world: worlds.World, events: object, critic: bool, steps: int) -> float:
        calls.append((mind.config.planner.horizon, critic, torch.equal(weights, mind.world_model.pair_net.weights[0])))
        return 0.1 * len(calls)

    weights = Mind.load("kitten").world_model.pair_net.weights[0]
    monkeypatch.setattr(stove, "share_hurt", share_hurt)
    monkeypatch.setattr(stove, "OBSERVED", 150)
    kitten = stove._kitten("kitten", 31, 4)
    shipped, learnt = calls[:2], calls[2:]
    assert shipped == [(14, True, True), (3, True, True)]
    assert learnt == [(14, True, False), (14, False, False), (3, True, False), (3, False, False)]
    assert [kitten[name] for name in ("14 shipped", "3 False")] == [0.1, pytest.approx(0.6)]
    assert all(0.0 < kitten[f"{when}{who}"] < 1.0 for when in ("on", "off") for who in ("", " shipped"))
    stove._draw([kitten]).savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
