import numpy as np

from housecat.core.obs_layout import THINGS
from studies.common.datasets import record_play


def test_a_playing_body_gets_about_and_its_recording_fits_together() -> None:
    recording = record_play(31, 60, poke_chance=0.2, things="seen")
    assert len(recording["action"]) == len(recording["position"]) - 1 == 60
    assert np.linalg.norm(np.diff(recording["position"], axis=0), axis=1).sum() > 1.5
    assert 0.1 < recording["things"][..., THINGS.present].mean() < 0.8
    seen = recording["things"][..., THINGS.present] > 0.5
    np.testing.assert_allclose(recording["things"][seen][:, THINGS.position], recording["toys"][seen], atol=1e-5)
    again = record_play(31, 60, poke_chance=0.2, things="seen")
    assert all(np.array_equal(recording[name], again[name]) for name in recording)
