"""Pictures of a made-up life, and what can be asked of them."""

from __future__ import annotations

import numpy as np
import pygame

from tests.viewer import fake
from viewer.frame import Frame
from viewer.layout import SIZE, Status

pygame.font.init()
MOMENTS = [fake.moment(step, np.zeros((len(fake.THINGS), 2)), []) for step in range(36)]


def reddish(surface: pygame.Surface, rect: pygame.Rect) -> float:
    pixels = pygame.surfarray.array3d(surface.subsurface(rect)).astype(int)
    return float(((pixels[..., 0] > pixels[..., 1] + 35) & (pixels[..., 0] > pixels[..., 2] + 25)).mean())


def painted(moments, renderer=None, **status):
    frame = Frame(fake.World(), renderer)
    for moment in moments:
        frame.add(moment)
    surface = pygame.Surface(SIZE)
    frame.paint(surface, moments[-1].frames[-1], 1.0, Status(**status))
    frame.close()
    return surface
