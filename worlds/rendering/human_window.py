"""Pictures of a world, and a window for `render_mode="human"` from whoever offers one: worlds know no toolkit.

housecat's own (`viewer.plain_window`) registers in pyproject.toml, as a toolkit of yours could:

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
    """What a window offers; it is made with its width and height (pixels) and its title."""

    def show(self, picture: npt.NDArray[np.uint8], seconds: float) -> None:
        """Shows a picture (H, W, 3) for some time before the next; does nothing once somebody closed the window."""

    def close(self) -> None:
        """Closes it."""


class RenderableEnv(Renderable, Protocol):
    """What can be shown step by step.

    Attributes:
        control_dt: Seconds per control step.
    """

    control_dt: float

    def frames(self) -> npt.NDArray[np.float32]:
        """Returns (frames, M, 7) poses of the scene's nodes during the last step, the last one at its end."""
        ...


def open_window(width: int, height: int, title: str) -> Window:
    """Opens a window by the first toolkit that is installed.

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
    """Draws a world from a corner of its room, into pictures or into a window."""

    def __init__(self, world: RenderableEnv, width: int = 640, height: int = 480) -> None:
        self._world, self._size = world, (width, height)
        self._renderer: Any = None
        self._window: Window | None = None

    def picture(self, poses: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """Returns a picture (height, width, 3) of the world with its nodes at some poses (M, 7)."""
        from worlds.rendering.renderer import Camera, make_renderer  # OpenGL starts only where it is asked for

        if self._renderer is None:
            self._renderer = make_renderer(self._world, *self._size)
        width = max(self._world.scene().size)
        camera = Camera(eye=(-0.6 * width, -0.75 * width, 0.8 * width), target=(0.0, 0.0, 0.0), fov=45.0)
        return np.array(self._renderer.render(poses, camera))

    def show(self) -> None:
        """Shows the last control step, as fast as it was."""
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
