"""Protocols of rendering, and the renderer for machines without OpenGL."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import Camera, Overlay
from worlds.rendering.scene import Scene, Vector

Image = npt.NDArray[np.uint8]
Poses = npt.NDArray[np.floating[Any]]
EMPTY_OVERLAY = Overlay()
BACKGROUND = (16, 18, 23)  # red, green, blue


class TinyRender(Protocol):
    """A world's own renderer: returns an (H, W, 3) picture of its current state, see `Physics.render`."""

    def __call__(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Image:
        """Returns the picture."""
        ...


class Renderable(Protocol):
    """What a renderer can draw: a world, or the copy of one in another process."""

    def scene(self) -> Scene:
        """Returns shapes and poses."""
        ...

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Image:
        """Draws without OpenGL."""
        ...


class SceneRenderer(Protocol):
    """A renderer.

    Attributes:
        backend: What it draws by.
        width: Width of the picture (pixels).
        height: Height of the picture (pixels).
    """

    backend: str
    width: int
    height: int

    def render(self, poses: Poses, camera: Camera, overlay: Overlay = EMPTY_OVERLAY) -> Image:
        """Returns an (H, W, 3) picture, valid until the next call."""
        ...

    def close(self) -> None:
        """Frees what the renderer holds."""
        ...


class TinyRenderer:
    """Draws with a world's own renderer: its current state, without overlays.

    Attributes:
        backend: ``"tiny"``.
        width: Width of the picture (pixels).
        height: Height of the picture (pixels).
    """

    backend = "tiny"
    shrink = 2  # its time grows with the pixels: draw a quarter of them and enlarge the picture

    def __init__(self, draw: TinyRender, width: int, height: int) -> None:
        self._draw = draw
        self.width, self.height = width, height

    def render(self, poses: Poses, camera: Camera, overlay: Overlay = EMPTY_OVERLAY) -> Image:
        """Returns an (H, W, 3) picture of the world's current state; `poses` and `overlay` are not used."""
        small = self._draw(self.width // self.shrink, self.height // self.shrink, camera.eye, camera.target, camera.fov)
        small = np.where((small == 255).all(-1, keepdims=True), BACKGROUND, small).astype(
            np.uint8
        )  # its background is white
        rows = np.arange(self.height) * small.shape[0] // self.height
        columns = np.arange(self.width) * small.shape[1] // self.width
        return np.ascontiguousarray(small[rows][:, columns])

    def close(self) -> None:
        """Does nothing: there is nothing to free."""
