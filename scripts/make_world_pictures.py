"""Draws the pictures of rooms and bodies in docs/rooms.md: python docs/world_pictures.py [NAME ...]."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

import numpy as np
import pygame
import tyro

import worlds
from worlds.rendering.renderer import Camera, make_renderer
from worlds.rendering.scene import Vector

SIZE = (480, 300)
SHARP = 3  # drawn so many times larger, then made smaller


@dataclass(frozen=True)
class Picture:
    """What to draw: a world some steps into a life of doing nothing, from somewhere.

    Attributes:
        world: Its name.
        eye: Of the camera (m).
        target: Of the camera (m).
        steps: Lived before.
        options: Of the world.
        prepare: Done to the world before the steps.
    """

    world: str
    eye: Vector
    target: Vector
    steps: int = 2
    options: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Any], None] = lambda world: None


def in_front(x: float, y: float, heading: float) -> Callable[[Any], None]:
    """Puts the body somewhere."""
    return lambda world: world.body.place(x, y, heading, world.level(x, y))


def seize(world: Any) -> None:
    """Lets the arm grip the red block and lift it."""
    hand = [world.body.readings.index(name) for name in ("hand x", "hand y", "hand z")]
    x, y, z = (float(v) for v in world.truth()["things.position"][0])
    for target, grip, steps in (((x, y, z), 1.0, 14), ((x, y, z), -1.0, 3), ((x, y, 0.18), -1.0, 8)):
        for _ in range(steps):
            body = world.observe()["body"]
            error = np.subtract(target, body[hand])
            world.step(np.array([*np.clip(error / 0.05, -1, 1), 0.0, grip], np.float32))
    world.physics.set_joints(world.cabinet, (0.09,))


PICTURES = {
    "playroom": Picture("playroom", (-3.6, -4.6, 4.4), (0.0, -0.1, 0.0), options={"seed": 7}),
    "playroom-all": Picture(
        "playroom",
        (-5.4, -7.6, 7.6),
        (0.0, -0.3, 0.0),
        options={"seed": 5, "extras": "all"},
        prepare=lambda world: world._fixtures[0].set(True),
    ),
    "maze": Picture("maze", (-4.8, -6.9, 9.0), (0.0, -0.5, 0.0), options={"seed": 0}),
    "stove": Picture("stove", (-2.6, -3.8, 3.0), (0.0, 0.1, 0.0), 22, {"seed": 0}, in_front(-0.35, -0.7, 2.2)),
    "theatre": Picture(
        "theatre", (1.5, -3.9, 2.3), (0.0, 0.4, 0.1), 14, {"seed": 1, "act": "appearing", "twist": True}
    ),
    "fork": Picture("fork", (1.7, -2.9, 2.0), (0.0, 0.45, 0.45), 8, {"seed": 0}),
    "tabletop": Picture("tabletop", (1.05, -1.35, 0.95), (-0.08, 0.02, 0.12), options={"seed": 0}, prepare=seize),
    "meadow": Picture("meadow", (-2.4, -3.6, 1.0), (0.0, 0.1, 0.0), 3, {"seed": 3}, in_front(-0.7, -0.9, 0.9)),
    "kitten": Picture("playroom", (0.62, -0.72, 0.52), (0.08, 0.0, 0.09), 2, {"seed": 3}, in_front(0.0, 0.0, -0.3)),
    "crawler": Picture(
        "playroom", (0.62, -0.72, 0.52), (0.0, 0.0, 0.09), 2, {"seed": 3, "body": "crawler"}, in_front(0.0, 0.0, -0.3)
    ),
    "octopus": Picture(
        "playroom", (0.70, -0.78, 0.66), (0.0, 0.0, 0.05), 2, {"seed": 3, "body": "octopus"}, in_front(0.0, 0.0, -0.5)
    ),
    "arm": Picture("tabletop", (0.65, -0.85, 0.75), (-0.22, 0.0, 0.27), 1, {"seed": 0}),
}


def draw(picture: Picture) -> pygame.Surface:
    """Draws one picture."""
    world = worlds.make(picture.world, **picture.options)
    picture.prepare(world)
    for _ in range(picture.steps):
        world.step(np.zeros(world.action_space.shape, np.float32))
    renderer = make_renderer(world, SHARP * SIZE[0], SHARP * SIZE[1])
    image = renderer.render(world.scene().poses, Camera(picture.eye, picture.target, 42.0))
    surface = pygame.surfarray.make_surface(np.ascontiguousarray(image.swapaxes(0, 1)))
    world.close()
    return pygame.transform.smoothscale(surface, SIZE)


def main(names: tyro.conf.Positional[tuple[str, ...]] = (), out: Path = Path("docs/worlds")) -> None:
    """Draws pictures of rooms and bodies.

    Args:
        names: Of the pictures; all when none is given.
        out: Folder that they go to.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in names or tuple(PICTURES):
        pygame.image.save(draw(PICTURES[name]), out / f"{name}.png")
        sys.stderr.write(f"{out / name}.png\n")


if __name__ == "__main__":
    tyro.cli(main)
