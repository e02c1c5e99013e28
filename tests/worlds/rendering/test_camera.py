"""Cameras and ribbons."""

from __future__ import annotations

import numpy as np

from worlds.rendering.camera import Camera, ribbon


def test_a_ribbon_of_one_point_is_nothing():
    assert len(ribbon(np.zeros((1, 3)), (1, 1, 1, 1))) == 0


def test_a_camera_looking_straight_down_has_a_right_and_an_up():
    right, up, forward = Camera((0.0, 0.0, 5.0), (0.0, 0.0, 0.0)).axes()
    np.testing.assert_allclose(np.stack([right, up, forward]), [[1, 0, 0], [0, 1, 0], [0, 0, -1]], atol=1e-6)
