"""Pictures of a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.viewer import fake
from tests.worlds.rendering.conftest import CAMERA, HEIGHT, SCENE, WIDTH, pixel
from worlds.rendering import renderer as module
from worlds.rendering.camera import Ghost, Overlay, dot, ribbon, ring
from worlds.rendering.renderer import NoOpenGLError, TinyRenderer, make_renderer


def test_software_opengl_draws_in_no_thread_of_its_own(renderer):
    # Its rasteriser thread would signal fences that are freed already.
    renderer.render(SCENE.poses, CAMERA)
    names = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    assert names
    assert not [name for name in names if "llvmpipe" in name]


def test_a_picture_shows_the_room(renderer):
    picture = renderer.render(SCENE.poses, CAMERA)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20
    assert renderer.backend.startswith("moderngl: ")


def test_the_same_scene_gives_the_same_picture(renderer):
    first = renderer.render(SCENE.poses, CAMERA).copy()
    renderer.render(SCENE.poses + 0.1, CAMERA)
    np.testing.assert_array_equal(first, renderer.render(SCENE.poses, CAMERA))


@pytest.mark.parametrize("name", ["red ball", "blue ball", "green cube", "orange drum"])
def test_things_are_seen_where_they_project_to_in_their_colour(renderer, name):
    x, y = pixel(name)
    seen = renderer.render(SCENE.poses, CAMERA)[y, x].astype(float)
    wanted = np.array(next(s.color for s in SCENE.shapes if s.name == name))
    assert int(seen.argmax()) == int(wanted.argmax())


def test_a_thing_casts_a_shadow(renderer):
    lit = renderer.render(SCENE.poses, CAMERA).astype(int)
    away = SCENE.poses.copy()
    away[SCENE.nodes.index("green cube"), 2] = 50.0
    bare = renderer.render(away, CAMERA).astype(int)
    x, y = pixel("green cube")
    beside = (bare - lit)[y - 12 : y + 20, x + 7 : x + 22]  # the light comes from the left
    assert beside.max() > 12


def test_overlays_are_drawn(renderer):
    bare = renderer.render(SCENE.poses, CAMERA).copy()
    path = np.stack([np.linspace(-1, 1, 9), np.zeros(9), np.full(9, 0.02)], axis=1)
    pose = SCENE.poses[1].copy()
    pose[:3] = 0.0, 1.0, 0.12
    for overlay in (
        Overlay((ribbon(path, (0, 1, 1, 1), 0.05),)),
        Overlay((ring(np.array([0, 0, 0.02]), 0.4, (1, 1, 1, 1)),)),
        Overlay((dot(np.array([0, 0, 0.02]), 0.2, (1, 1, 1, 1)),)),
        Overlay((), (Ghost(1, pose),)),
    ):
        assert np.abs(renderer.render(SCENE.poses, CAMERA, overlay).astype(int) - bare).max() > 30
    np.testing.assert_array_equal(bare, renderer.render(SCENE.poses, CAMERA))


def test_without_opengl_the_world_draws_itself(monkeypatch):
    def fails() -> None:
        raise NoOpenGLError("no driver")

    monkeypatch.setattr(module, "context", fails)
    made = make_renderer(fake.World(), WIDTH, HEIGHT)
    assert isinstance(made, TinyRenderer)
    assert made.backend == "tiny"
    assert made.render(SCENE.poses, CAMERA).shape == (HEIGHT, WIDTH, 3)
    white = TinyRenderer(lambda w, h, *rest: np.full((h, w, 3), 255, np.uint8), WIDTH, HEIGHT)
    assert white.render(SCENE.poses, CAMERA).max() < 30  # its white nowhere is as dark as the window
    with pytest.raises(NoOpenGLError, match="no driver"):
        make_renderer(fake.World(), WIDTH, HEIGHT, backend="moderngl")
