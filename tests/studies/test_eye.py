import numpy as np
import pytest

import worlds
from studies import eye


def test_the_study_knows_where_the_eye_is() -> None:
    world = worlds.make("playroom", seed=31)
    world.step(np.array([0.3, 0.2, 0.8, 0.0, 0.0], np.float32))
    truth, gaze = world.truth(), world.body.gaze()[0]
    recording = {name: np.array([truth[f"body.{name}"]]) for name in ("position", "heading")}
    ahead, turned = recording["heading"][0], world.observe()["body"][eye.HEAD]
    place = recording["position"][0, :2] + eye.HEAD_OFFSET * np.array([np.cos(ahead), np.sin(ahead)])
    place += eye.EYE_OFFSET * np.array([np.cos(ahead + turned), np.sin(ahead + turned)])
    np.testing.assert_allclose(place, gaze[:2], atol=0.01)


def test_bearings_are_taken_from_where_the_eye_looks_and_only_of_toys_in_view() -> None:
    recording = {
        "heading": np.array([0.0, 0.0, np.pi / 2]),
        "body": np.zeros((3, 15)),
        "position": np.zeros((3, 2)) - [eye.HEAD_OFFSET + eye.EYE_OFFSET, 0.0],
        "toys": np.full((3, 6, 3), -9.0),
    }
    recording["body"][1, eye.HEAD] = 0.5
    recording["position"][1] = -eye.EYE_OFFSET * np.array([np.cos(0.5), np.sin(0.5)]) - [eye.HEAD_OFFSET, 0.0]
    recording["toys"][:, 2] = (2.0, 0.0, 0.1)
    recording["toys"][:, 3] = (-1.0, 0.0, 0.1)  # nearer, and behind
    found = eye.targets(recording)
    assert found["in_view"][:2, 0] == pytest.approx([0.0, -0.5])
    assert found["nearest"][0] == pytest.approx([-1.0, 0.0], abs=1e-6)
    assert np.isnan(found["in_view"][2, 0])
