from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from agent import Mind
from agent.critic.critic import EVENT_HORIZON
from agent.perception.egocentric import EgoFeatures, appearance_in
from studies import fear
from studies.common.scripted_policies import random_actions


def test_a_critic_that_knows_the_distance_predicts_pain_as_well_as_the_distance_does() -> None:
    """It sees the offset of the plate; what it says is held against what happens after, not before."""
    world = worlds.make("playroom", seed=31)
    mind, pain = Mind.born(world, seed=0), 0
    assert mind.drives[pain] == "pain"

    def event_probability(sight: EgoFeatures) -> torch.Tensor:
        looks = appearance_in(mind.perception, sight)
        glow = looks[..., -2]  # the plate's, and no toy's
        far = (sight.pair[..., :2].norm(dim=-1) + 100.0 * (glow < 0.5)).amin(-1)
        return torch.exp(-far)[:, None, None].expand(-1, len(mind.drives), EVENT_HORIZON)

    mind.critic.event_probability = event_probability  # type: ignore[method-assign]
    found = fear.predict_pain(mind, world, 31, random_actions(world, 300, 31))
    assert found["distance 5"] > 0.8
    assert found["critic 5"] == pytest.approx(found["distance 5"], abs=0.1)
    assert found["shuffled 5"] == pytest.approx(0.5, abs=0.2)


def test_a_room_measures_both_bodies_and_the_kitten_with_critic_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, small in (("LIVED", 45), ("TESTED", 3), ("TESTED_SHORT", 3)):
        monkeypatch.setattr(fear, name, small)
    room = fear._room("kitten", 31, 400)
    assert {f"{what} {critic}" for what in ("hurt", "hurt_looking_short") for critic in (True, False)} <= set(room)
    for body in fear.BODIES:
        predicted, observed, share = np.array(room[f"{body} bins 5"]).T
        assert predicted.min() >= 0.0
        assert predicted.max() <= 1.0
        assert share.sum() == pytest.approx(1.0)
        error = float((np.abs(predicted - observed) * share).sum())
        assert room[f"{body} calibration 5"] == pytest.approx(error)
    fear._draw({"kitten": [room]}).savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 10_000
