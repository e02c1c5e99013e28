"""Pictures from a body's head."""

from __future__ import annotations

import math

import numpy as np
import pytest

import worlds
from tests.worlds.sensors.conftest import staged_playroom
from worlds.rendering import renderer as opengl
from worlds.rendering.protocols import BACKGROUND
from worlds.rendering.renderer import NoOpenGLError, make_renderer
from worlds.sensors.camera import TinyHeadCamera, gaze_camera, make_head_camera

STILL = np.zeros(5, np.float32)


@pytest.mark.parametrize("backend", ["moderngl", "tiny"])
def test_the_eye_sees_a_thing_where_it_is_in_its_colour(backend: str) -> None:
    world = staged_playroom(senses=("eye",), eye=backend)
    bare = world.observe()["eye"].astype(int)
    assert bare.shape == (84, 84, 3)
    assert world.observation_space.contains(world.observe())
    for side, columns in ((0.5, slice(0, 42)), (-0.5, slice(42, 84))):
        world.toys[0].place(-0.5, side)  # the red ball
        seen = world.observe()["eye"].astype(int)
        changed = np.abs(seen - bare).max(-1) > 30
        assert changed[:, columns].sum() > 10
        assert changed.sum() == changed[:, columns].sum()
        red = seen[changed].mean(0)
        assert red[0] > 1.5 * max(red[1], red[2])
    assert world.reset(seed=7)[1]["eye"].startswith(backend)


def test_the_same_moment_gives_the_same_picture_in_another_world_and_beside_another_renderer() -> None:
    one, other = (worlds.make("playroom", seed=2, senses=("body", "eye")) for _ in range(2))
    corner = make_renderer(one, 64, 48)
    for _ in range(3):
        pictures = [world.step(STILL)[0]["eye"] for world in (one, other)]
        np.testing.assert_array_equal(*pictures)
        corner.render(one.scene().poses, gaze_camera(one.body.gaze()))
        np.testing.assert_array_equal(pictures[0], one.observe()["eye"])
    assert one.digest() == other.digest()
    corner.close()
    one.close()
    np.testing.assert_array_equal(pictures[1], other.observe()["eye"])


def test_turning_the_head_turns_the_picture() -> None:
    world = staged_playroom(senses=("eye",))
    world.toys[0].place(-0.7, 0.0)

    def column() -> float:
        red = world.observe()["eye"].astype(int)
        found = np.nonzero((red[:, :, 0] > 2 * red[:, :, 1]) & (red[:, :, 0] > 2 * red[:, :, 2]))
        return float(found[1].mean())

    ahead = column()
    for _ in range(4):
        world.step(np.array([0, 0, 0.4, 0, -1], np.float32))
    assert column() > ahead + 15  # the head turned left


def test_no_two_places_at_the_walls_look_alike() -> None:
    scene = worlds.make("playroom", seed=0).scene()
    eye, colours = make_head_camera(scene, None, "moderngl"), []
    for x, y in ((2.6, 0.0), (2.6, 2.2), (0.0, 2.6), (-2.2, 2.6), (-2.6, 0.0), (-2.6, -2.2), (0.0, -2.6), (2.2, -2.6)):
        out = np.array([x if abs(x) > 2.5 else 0.0, y if abs(y) > 2.5 else 0.0])
        at = np.array([x, y]) + 0.38 * np.sign(out)  # before the wall, and things behind
        target = at + np.sign(out)
        picture = eye.render(scene, gaze_camera(((*at, 0.17), (*target, 0.17), (0.0, 0.0, 1.0))))
        colours.append(picture[36:48, 36:48].reshape(-1, 3).mean(0) / picture[36:48, 36:48].mean())
    eye.close()
    apart = [np.abs(a - b).max() for i, a in enumerate(colours) for b in colours[:i]]
    assert min(apart) > 0.1  # in hue, not in brightness alone


@pytest.mark.parametrize("backend", ["moderngl", "tiny"])
def test_a_body_that_presses_its_nose_to_a_wall_does_not_look_through_it(backend: str) -> None:
    world = staged_playroom(senses=("eye",), eye=backend)
    for heading in (0.0, 2.0, -1.2):
        world.body.place(2.4 * math.cos(heading), 2.4 * math.sin(heading), heading)
        for _ in range(20):
            seen = world.step(np.array([1.0, 0.0, 0.0, 1.0, 0.0], np.float32))[0]["eye"]  # the paw out of the way
        assert not (seen[40:] == BACKGROUND).all(-1).any(), heading


def test_without_opengl_the_eye_sees_and_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise NoOpenGLError("no driver")

    monkeypatch.setattr(opengl, "context", fails)
    world = worlds.make("playroom", senses=("eye",))
    assert world.reset()[1]["eye"] == "tiny"
    assert isinstance(make_head_camera(world.scene(), world.tiny_render), TinyHeadCamera)
    with pytest.raises(NoOpenGLError):
        make_head_camera(world.scene(), world.tiny_render, "moderngl")
