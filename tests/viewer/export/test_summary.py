from __future__ import annotations

import numpy as np
from PIL import Image

from tests.viewer import fake
from viewer.export.summary import Summary, summarise


def test_a_summary_can_be_made_of_a_recorded_run(tmp_path):
    rng, steps = np.random.default_rng(0), 700
    things = np.cumsum(rng.normal(0, 0.01, (steps, 5, 20)), axis=0).astype(np.float32)
    run = {
        "time": 0.2 * np.arange(1, steps + 1),
        "things": np.repeat(np.array([fake.THINGS]), steps, 0),
        "obs.things": things,
        "obs.body": rng.normal(0, 1, (steps, 15)).astype(np.float32),
        "costs.pain": np.where(np.arange(steps) > 300, np.nan, rng.random(steps)).astype(np.float32),
        "emotions.fear": rng.random(steps).astype(np.float32),
    }
    summarise(run, tmp_path / "page.png")
    with Image.open(tmp_path / "page.png") as picture:
        assert np.asarray(picture).std() > 10


def test_a_summary_of_a_single_moment_is_drawn(tmp_path):
    summary = Summary(fake.scene())
    summary.add(fake.moment(0, np.zeros((len(fake.THINGS), 2)), []))
    summary.save(tmp_path / "page.png")
    assert (tmp_path / "page.png").exists()


def test_a_run_without_senses_or_steps_is_drawn(tmp_path):
    summarise({"time": np.zeros(0)}, tmp_path / "page.png")
    assert (tmp_path / "page.png").exists()
