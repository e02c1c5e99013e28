"""The instances that the renderer uploads."""

from __future__ import annotations

from tests.worlds.rendering.conftest import SCENE
from worlds.rendering.camera import Camera


def test_the_wall_before_the_camera_is_cut_low(renderer):
    low = Camera((0.0, -6.5, 1.2), (0.0, 0.0, 0.0), 45.0)
    instances = renderer._instance_builder.build(SCENE.poses, low)
    heights = {s.name: float(2 * i[9]) for s, i in zip(SCENE.shapes, instances, strict=True) if "wall" in s.name}
    assert heights["wall 3"] < 0.1
    assert heights["wall 2"] > 0.3
