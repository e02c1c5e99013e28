"""`World.render`: pictures for ``"rgb_array"``, and a window for ``"human"``.

Worlds know no window toolkit: the window is an entry point of an installed distribution. housecat's own
(`viewer.plain_window`) is registered in pyproject.toml, as any other toolkit could be:

    [project.entry-points."housecat.windows"]
    pygame = "viewer.plain_window:PlainWindow"
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from worlds.rendering.protocols import Renderable

GROUP: Final = "housecat.windows"


class Window(Protocol):
    """A window that shows pictures. Its class takes width and height (pixels) and a title."""

    def show(self, picture: npt.NDArray[np.uint8], seconds: float) -> None:
        """Shows a picture (H, W, 3), for some seconds before the next one; does nothing once the window was closed."""
        ...

    def close(self) -> None:
        """Closes the window."""
        ...


class RenderableEnv(Renderable, Protocol):
    """An environment whose steps can be shown.

    Attributes:
        control_dt: Seconds per control step.
    """

    control_dt: float

    def frames(self) -> npt.NDArray[np.float32]:
        """Returns (frames, M, 7) poses of the scene's nodes during the last step, the last one at its end."""
        ...


def open_window(width: int, height: int, title: str) -> Window:
    """Opens the window of the first toolkit that is installed.

    Args:
        width: Width (pixels).
        height: Height (pixels).
        title: Title of the window.

    Raises:
        UserError: If there is none.
    """
    for point in entry_points(group=GROUP):
        make: Any = point.load()
        window: Window = make(width, height, title)
        return window
    raise UserError(
        f'render_mode="human" needs a window, and nothing installed offers one (entry point {GROUP!r}). '
        'Install housecat again (make setup), or use render_mode="rgb_array"'
    )


class EnvRenderer:
    """Draws a world, seen from a corner of its room, as pictures or in a window.

    Args:
        world: The world to draw.
        width: Width of the pictures (pixels).
        height: Height of the pictures (pixels).
    """

    def __init__(self, world: RenderableEnv, width: int = 640, height: int = 480) -> None:
        self._world, self._size = world, (width, height)
        self._renderer: Any = None
        self._window: Window | None = None

    def picture(self, poses: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """Returns a picture (height, width, 3) of the world with its nodes at the poses (M, 7)."""
        from worlds.rendering.renderer import Camera, make_renderer  # OpenGL is started only when needed

        if self._renderer is None:
            self._renderer = make_renderer(self._world, *self._size)
        width = max(self._world.scene().size)
        camera = Camera(eye=(-0.6 * width, -0.75 * width, 0.8 * width), target=(0.0, 0.0, 0.0), fov=45.0)
        return np.array(self._renderer.render(poses, camera))

    def show(self) -> None:
        """Shows the last control step in real time."""
        if self._window is None:
            self._window = open_window(*self._size, f"housecat: {type(self._world).__name__}")
        frames = self._world.frames()
        for poses in frames:
            self._window.show(self.picture(poses), self._world.control_dt / len(frames))

    def close(self) -> None:
        """Frees the renderer and closes the window."""
        for shown in (self._renderer, self._window):
            if shown is not None:
                shown.close()
        self._renderer = self._window = None
