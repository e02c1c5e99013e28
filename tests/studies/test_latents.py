"""Studies of what is in latents, and of things out of view: what they measure is what they say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import worlds
from housecat.core.obs_layout import THINGS
from studies import collapse, eye
from studies import object_permanence as unseen
from studies.common.datasets import record
from studies.common.probes import rank, told


def test_the_rank_counts_the_directions_that_latents_use() -> None:
    rng = np.random.default_rng(0)
    one, many = rng.normal(size=(500, 1)), rng.normal(size=(500, 6))
    assert rank(one @ rng.normal(size=(1, 6))) == pytest.approx(1.0, abs=0.01)
    assert rank(many) == pytest.approx(6.0, abs=0.1)
    assert rank(np.ones((500, 6))) == 0.0


def test_a_probe_is_judged_on_what_it_was_not_fitted_on() -> None:
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(400, 3, 5))
    truth = np.stack([latent @ rng.normal(size=5), rng.normal(size=(400, 3)), np.ones((400, 3))], -1)
    truth[::7, 1, 0] = np.nan  # not known there
    linear, noise, constant = told(latent, truth)
    assert linear > 0.99
    assert -0.1 < noise < 0.05
    assert np.isnan(constant)
    wide = rng.normal(size=(60, 40))
    assert told(wide, rng.normal(size=(60, 1)))[0] < 0.0  # learnt by heart: worth nothing later


def test_the_study_knows_where_the_eye_is() -> None:
    world = worlds.make("playroom", seed=31)
    world.step(np.array([0.3, 0.2, 0.8, 0.0, 0.0], np.float32))
    truth, gaze = world.truth(), world.body.gaze()[0]
    life = {name: np.array([truth[f"body.{name}"]]) for name in ("position", "heading")}
    ahead, turned = life["heading"][0], world.observe()["body"][eye.HEAD]
    place = life["position"][0, :2] + eye.HEAD_AT * np.array([np.cos(ahead), np.sin(ahead)])
    place += eye.EYE_AT * np.array([np.cos(ahead + turned), np.sin(ahead + turned)])
    np.testing.assert_allclose(place, gaze[:2], atol=0.01)


def test_bearings_are_told_from_where_the_eye_looks_and_only_of_toys_in_view() -> None:
    life = {
        "heading": np.array([0.0, 0.0, np.pi / 2]),
        "body": np.zeros((3, 15)),
        "position": np.zeros((3, 2)) - [eye.HEAD_AT + eye.EYE_AT, 0.0],
        "toys": np.full((3, 6, 3), -9.0),
    }
    life["body"][1, eye.HEAD] = 0.5
    life["position"][1] = -eye.EYE_AT * np.array([np.cos(0.5), np.sin(0.5)]) - [eye.HEAD_AT, 0.0]
    life["toys"][:, 2] = (2.0, 0.0, 0.1)
    life["toys"][:, 3] = (-1.0, 0.0, 0.1)  # nearer, and behind
    found = eye.truths(life)
    assert found["in_view"][:2, 0] == pytest.approx([0.0, -0.5])
    assert found["nearest"][0] == pytest.approx([-1.0, 0.0], abs=1e-6)
    assert np.isnan(found["in_view"][2, 0])


def test_errors_of_belief_are_of_things_out_of_view_and_by_the_time_since_they_were_seen() -> None:
    steps, things = 8, 6
    life = {"toys": np.zeros((steps + 1, things, 3)), "things": np.zeros((steps + 1, things, 19))}
    life["toys"][:, 0, 0] = 1.0 + 0.2 * np.arange(steps + 1)  # rolls at 1 m/s
    life["things"][:2, 0, THINGS.x], life["things"][:2, 0, THINGS.vx] = life["toys"][:2, 0, 0], 1.0
    life["things"][:2, 0, THINGS.present] = 1.0
    places = np.zeros((steps, things, 2))
    places[:, 0, 0] = life["toys"][1:, 0, 0] + 0.1
    found = unseen.errors(life, places, np.zeros((steps, things)), 0)
    assert found["belief/moving_1"] == pytest.approx(0.1)
    assert found["belief/moving_5"] == pytest.approx(0.1)
    assert found["last seen/moving_5"] == pytest.approx(1.0)
    assert found["constant speed/moving_5"] == pytest.approx(0.0, abs=1e-9)
    assert found["absent/all_5"] == pytest.approx(2.2)
    assert np.isnan(found["belief/moving_10"])


def test_a_playing_body_gets_about_and_its_record_fits_together() -> None:
    life = record(31, 60, pokes=0.2, things="seen")
    assert len(life["action"]) == len(life["position"]) - 1 == 60
    assert np.linalg.norm(np.diff(life["position"], axis=0), axis=1).sum() > 1.5
    assert 0.1 < life["things"][..., THINGS.present].mean() < 0.8
    seen = life["things"][..., THINGS.present] > 0.5
    np.testing.assert_allclose(life["things"][seen][:, THINGS.position], life["toys"][seen], atol=1e-5)
    again = record(31, 60, pokes=0.2, things="seen")
    assert all(np.array_equal(life[name], again[name]) for name in life)


@pytest.mark.slow
@pytest.mark.parametrize(("study", "metric"), [(collapse, "vicreg/body/feel"), (eye, "eye/gaze"), (unseen, "all_1")])
def test_a_study_of_latents_runs_from_end_to_end(
    study: Any, metric: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_turn(work: Any, jobs: Any, *_: Any) -> dict[Any, Any]:
        return {job: work(*job) for job in jobs}

    monkeypatch.setattr(study, "side_by_side", in_turn)
    monkeypatch.setattr(study, "LEARNT", 2, raising=False)
    result = study.run((31,), tmp_path, lambda share, words: None, steps=130)
    assert 0.0 <= result["metrics"][metric]["value"] <= 1.0
    assert all(group for group in result["controls"].values())
    assert (tmp_path / "figure.png").stat().st_size > 5000
