"""What is picked by a click."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worlds.rendering.conftest import CAMERA, HEIGHT, SCENE, WIDTH, at, pixel
from worlds.rendering.picking import pick


@pytest.mark.parametrize("name", ["red ball", "blue ball", "green cube", "orange drum", "kitten"])
def test_what_is_clicked_is_picked(name):
    found = pick(SCENE, CAMERA, SCENE.poses, *pixel(name), WIDTH, HEIGHT)
    assert found.node is not None
    assert SCENE.nodes[found.node].split(".")[0] == name


def test_empty_floor_picks_a_point_on_it_and_walls_pick_nothing():
    wanted = np.array([[0.3, 0.5, 0.0]], np.float32)
    x, y, _ = CAMERA.project(wanted, WIDTH, HEIGHT)[0]
    found = pick(SCENE, CAMERA, SCENE.poses, float(x) - 0.5, float(y) - 0.5, WIDTH, HEIGHT)
    assert found.node is None
    np.testing.assert_allclose(found.floor, wanted[0], atol=1e-3)
    x, y, _ = CAMERA.project(np.array([[0.0, 3.0, 0.2]]), WIDTH, HEIGHT)[0]
    assert pick(SCENE, CAMERA, SCENE.poses, float(x), float(y), WIDTH, HEIGHT).node is None


def test_the_nearer_of_two_things_is_picked():
    poses = SCENE.poses.copy()
    toward = np.subtract(CAMERA.eye, at("red ball"))
    poses[SCENE.nodes.index("blue ball"), :3] = at("red ball") + toward / np.linalg.norm(toward)
    found = pick(SCENE, CAMERA, poses, *pixel("red ball"), WIDTH, HEIGHT)
    assert found.node == SCENE.nodes.index("blue ball")
