"""Draws the picture of the window in the README: python scripts/make_pictures.py [--mind NAME|PATH] [--seconds 17]."""

from __future__ import annotations

import os
import sys
from collections import deque
from pathlib import Path
from typing import Any

os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

import pygame
import tyro

import worlds
from agent import Mind, live
from viewer import InlineLife
from viewer.frame import Stage
from viewer.layout import SIZE, Status
from viewer.source.playback import Playback

FPS = 30
CHILDHOOD = 700  # steps that a newborn lives unseen: before, there is little to see


def begin(mind: str | None, seed: int) -> tuple[Any, Any]:
    """Makes a world and a mind that has lived for a while."""
    world = worlds.make("playroom", seed=seed)
    if mind is not None:
        return world, Mind.load(mind)
    newborn = Mind.born(world, seed=seed)
    deque(live(world, newborn, CHILDHOOD), maxlen=0)
    return world, newborn


def main(
    mind: str | None = "kitten", seed: int = 14, seconds: float = 22.0, out: Path = Path("docs/window.png")
) -> None:
    """Draws the window after some seconds of a life.

    Args:
        mind: Name or path of a mind; a newborn after some minutes of play when not given.
        seed: Of the room.
        seconds: Seconds of life before the picture.
        out: The picture.
    """
    pygame.font.init()
    surface = pygame.Surface(SIZE)
    life = InlineLife(lambda: begin(mind, seed))
    stage, playback = Stage(life), Playback(life)
    status = Status(title=mind or "a kitten")
    for _ in range(round(seconds * FPS)):
        for moment in playback.advance(1.0 / FPS, 1.0):
            stage.add(moment)
        stage.paint(surface, playback.poses, 1.0 / FPS, status)
    out.parent.mkdir(parents=True, exist_ok=True)
    pygame.image.save(surface, out)
    sys.stderr.write(f"{out}\n")
    stage.close()
    life.close()


if __name__ == "__main__":
    tyro.cli(main)
