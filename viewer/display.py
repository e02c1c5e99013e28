"""Opens the display's window by SDL."""

from __future__ import annotations

import pygame

from housecat.core.environment import graphics_environment


def open_display(size: tuple[int, int], title: str) -> pygame.Surface:
    """Opens a window; returns the surface that it shows.

    Args:
        size: Width and height (pixels).
        title: Title of the window.

    Raises:
        pygame.error: If there is no display.
    """
    # An accelerated window and an OpenGL context without one end each other (X11's BadAccess).
    with graphics_environment(SDL_FRAMEBUFFER_ACCELERATION="0"):
        pygame.display.init()
        pygame.display.set_caption(title)
        return pygame.display.set_mode(size)
