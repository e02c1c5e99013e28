"""The scene, camera and renderer that tests of rendering share."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.viewer import fake
from worlds.rendering.camera import Camera
from worlds.rendering.renderer import GLRenderer, NoOpenGLError

WIDTH, HEIGHT = 320, 240


CAMERA = Camera((0.0, -6.5, 5.0), (0.0, 0.0, 0.0), 45.0)


SCENE = fake.scene()


@pytest.fixture(scope="module")
def renderer() -> Iterator[GLRenderer]:
    try:
        made = GLRenderer(SCENE, WIDTH, HEIGHT)
    except NoOpenGLError as error:
        pytest.skip(f"no OpenGL here: {error}")
    yield made
    made.close()


def at(name: str) -> np.ndarray:
    return SCENE.poses[SCENE.nodes.index(name), :3]


def pixel(name: str) -> tuple[int, int]:
    x, y, _ = CAMERA.project(at(name)[None], WIDTH, HEIGHT)[0]
    return round(float(x)), round(float(y))
