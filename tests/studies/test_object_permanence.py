import numpy as np
import pytest

from housecat.core.obs_layout import THINGS
from studies import object_permanence


def test_errors_of_belief_are_of_things_out_of_view_and_by_the_time_since_they_were_seen() -> None:
    steps, things = 8, 6
    recording = {"toys": np.zeros((steps + 1, things, 3)), "things": np.zeros((steps + 1, things, 19))}
    recording["toys"][:, 0, 0] = 1.0 + 0.2 * np.arange(steps + 1)  # rolls at 1 m/s
    recording["things"][:2, 0, THINGS.x], recording["things"][:2, 0, THINGS.vx] = recording["toys"][:2, 0, 0], 1.0
    recording["things"][:2, 0, THINGS.present] = 1.0
    places = np.zeros((steps, things, 2))
    places[:, 0, 0] = recording["toys"][1:, 0, 0] + 0.1
    found = object_permanence.errors(recording, places, np.zeros((steps, things)), 0)
    assert found["belief/moving_1"] == pytest.approx(0.1)
    assert found["belief/moving_5"] == pytest.approx(0.1)
    assert found["last seen/moving_5"] == pytest.approx(1.0)
    assert found["constant speed/moving_5"] == pytest.approx(0.0, abs=1e-9)
    assert found["absent/all_5"] == pytest.approx(2.2)
    assert np.isnan(found["belief/moving_10"])
