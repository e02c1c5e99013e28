"""A plain window that shows pictures: what a world opens for `render_mode="human"`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pygame

from housecat.core.errors import UserError
from viewer.display import open_display


class PlainWindow:
    """Shows one picture after another, each for a given time.

    Args:
        width: Width of the window (pixels).
        height: Height of the window (pixels).
        title: Title of the window.

    Raises:
        UserError: If there is no display.
    """

    def __init__(self, width: int, height: int, title: str) -> None:
        try:
            self._surface = open_display((width, height), title)
        except pygame.error as error:
            raise UserError(f'no window can be opened here ({error}); use render_mode="rgb_array"') from error
        self._due = pygame.time.get_ticks()
        self.closed = False

    def show(self, picture: npt.NDArray[np.uint8], seconds: float) -> None:
        """Shows a picture (height, width, 3) and comes back when it is time for the next."""
        if self.closed:
            return
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self.close()
                return
        height, width, _ = picture.shape
        image = pygame.image.frombuffer(picture.tobytes(), (width, height), "RGB")
        self._surface.blit(image, (0, 0))
        pygame.display.flip()
        now = pygame.time.get_ticks()
        self._due = max(now, self._due + round(1000 * seconds))  # late pictures are not made up for
        pygame.time.wait(self._due - now)

    def close(self) -> None:
        """Closes the window; the program goes on."""
        if not self.closed:
            self.closed = True
            pygame.display.quit()
