from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from agent.actor.exploration_noise import babbling
from agent.critic.critic import AHEAD
from agent.perception.egocentric import Sight, appearance_in
from studies import fear


def test_a_score_that_ranks_all_hurt_moments_first_is_perfect_and_noise_is_not() -> None:
    label = np.array([False, False, True, True])
    assert fear.auroc(np.array([0.1, 0.2, 0.3, 0.4]), label) == 1.0
    assert fear.auroc(np.array([0.4, 0.1, 0.3, 0.2]), label) == 0.5
    assert fear.auroc(np.zeros(4), label) == 0.5


def test_a_critic_that_knows_the_distance_foretells_pain_as_well_as_the_distance_does() -> None:
    """It sees the offset of the plate; what it says is held against what happens after, not before."""
    world = worlds.make("playroom", seed=31)
    mind, pain = Mind.born(world, seed=0), 0
    assert mind.drives[pain] == "pain"

    def alarm(sight: Sight) -> torch.Tensor:
        looks = appearance_in(mind.perception, sight)
        glow = looks[..., -2]  # the plate's, and no toy's
        far = (sight.pair[..., :2].norm(dim=-1) + 100.0 * (glow < 0.5)).amin(-1)
        return torch.exp(-far)[:, None, None].expand(-1, len(mind.drives), AHEAD)

    mind.critic.alarm = alarm  # type: ignore[method-assign]
    found = fear.foretold(mind, world, 31, babbling(mind.actions, 300, 31))
    assert found["distance 5"] > 0.8
    assert found["critic 5"] == pytest.approx(found["distance 5"], abs=0.1)
    assert found["shuffled 5"] == pytest.approx(0.5, abs=0.2)


def test_chances_that_come_true_in_their_measure_are_calibrated() -> None:
    random = np.random.default_rng(0)
    chance = random.uniform(size=20_000)
    came = random.uniform(size=20_000) < chance
    assert fear.calibration_error(chance, came) < 0.02
    assert fear.calibration_error(0.5 * chance, came) == pytest.approx(0.25, abs=0.03)


def test_a_room_tells_of_both_bodies_and_of_the_kitten_with_critic_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, small in (("LIVED", 45), ("TEMPTED", 3), ("SHORTLY", 3)):
        monkeypatch.setattr(fear, name, small)
    room = fear._room("kitten", 31, 400)
    assert {f"{what} {critic}" for what in ("burnt", "burnt_looking_short") for critic in (True, False)} <= set(room)
    for body in fear.BODIES:
        told, came, share = np.array(room[f"{body} bins 5"]).T
        assert told.min() >= 0.0
        assert told.max() <= 1.0
        assert share.sum() == pytest.approx(1.0)
        off = float((np.abs(told - came) * share).sum())
        assert room[f"{body} calibration 5"] == pytest.approx(off)
    fear._draw({"kitten": [room]}, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
