"""What can be drawn, what draws, and the renderer for where there is no OpenGL."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import Camera, Overlay
from worlds.rendering.scene import Scene, Vector

Image = npt.NDArray[np.uint8]
Poses = npt.NDArray[np.floating[Any]]
EMPTY_OVERLAY = Overlay()
BACKGROUND = (16, 18, 23)  # red, green, blue behind everything


class TinyRender(Protocol):
    """The world's own renderer: an (H, W, 3) picture of how things are now."""

    def __call__(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Image:
        """Returns the picture."""
        ...


class Renderable(Protocol):
    """What can be drawn: a world, or a life seen from another process."""

    def scene(self) -> Scene:
        """Returns shapes and poses."""
        ...

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> Image:
        """Draws without OpenGL."""
        ...


class SceneRenderer(Protocol):
    """What every renderer offers."""

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
    """The world's own renderer behind the same methods; shows how things are now, without overlays.

    Attributes:
        backend: ``"tiny"``.
        width: Of the picture (pixels).
        height: Of the picture (pixels).
    """

    backend = "tiny"
    shrink = 2  # its time grows with the pixels: draw a quarter of them

    def __init__(self, draw: TinyRender, width: int, height: int) -> None:
        self._draw = draw
        self.width, self.height = width, height

    def render(self, poses: Poses, camera: Camera, overlay: Overlay = EMPTY_OVERLAY) -> Image:
        """Returns an (H, W, 3) picture of the world as it is; `poses` and `overlay` are not used."""
        small = self._draw(self.width // self.shrink, self.height // self.shrink, camera.eye, camera.target, camera.fov)
        small = np.where((small == 255).all(-1, keepdims=True), BACKGROUND, small).astype(np.uint8)  # a white nowhere
        rows = np.arange(self.height) * small.shape[0] // self.height
        columns = np.arange(self.width) * small.shape[1] // self.width
        return np.ascontiguousarray(small[rows][:, columns])

    def close(self) -> None:
        """Has nothing to free."""
