"""Draws the pictures of the documentation: python -m scripts.make_pictures [NAME ...], or `make pictures`."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"

import numpy as np
import pygame
import tyro
from PIL import Image

import worlds
from agent import Mind, live
from housecat.core.errors import UserError, unknown_name
from viewer import InlineSource
from viewer.frame import Frame
from viewer.layout import SIZE, Status
from viewer.source.playback import Playback
from viewer.title import NEWBORN, body_name, describe_agent
from worlds.rendering.renderer import Camera, make_renderer
from worlds.rendering.scene import Vector

WINDOW = "window"  # name of the picture of the window
LOOP = "loop"  # name of the moving picture of the window
LOOP_SECONDS, LOOP_FPS, LOOP_SIZE = 8.0, 10, (960, 540)
LOOP_QUALITY = 75  # of WebP, up to 100
FPS = 30
NEWBORN_STEPS = 700  # that a newborn lives before the picture: in fewer there is little to see
ROOM_SIZE = (480, 300)
SUPERSAMPLING = 3  # a room is drawn so many times larger, then made smaller
FIELD_OF_VIEW = 42.0  # degrees


@dataclass(frozen=True)
class RoomPicture:
    """A picture of a world some steps into a life of doing nothing.

    Attributes:
        world: Name of the world.
        eye: Position of the camera (m).
        target: Position that the camera looks at (m).
        steps: Control steps before the picture.
        options: Options of the world.
        prepare: Called with the world before the steps.
    """

    world: str
    eye: Vector
    target: Vector
    steps: int = 2
    options: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Any], None] = lambda world: None


def place_body(x: float, y: float, heading: float) -> Callable[[Any], None]:
    """Returns what puts the body of a world to a place (m), in a direction (rad)."""
    return lambda world: world.body.place(x, y, heading, world.level(x, y))


def grip_block(world: Any) -> None:
    """Lets the arm grip the red block and lift it."""
    hand = [world.body.readings.index(name) for name in ("hand x", "hand y", "hand z")]
    x, y, z = (float(v) for v in world.truth()["things.position"][0])
    for target, grip, steps in (((x, y, z), 1.0, 14), ((x, y, z), -1.0, 3), ((x, y, 0.18), -1.0, 8)):
        for _ in range(steps):
            body = world.observe()["body"]
            error = np.subtract(target, body[hand])
            world.step(np.array([*np.clip(error / 0.05, -1, 1), 0.0, grip], np.float32))
    world.physics.set_joints(world.cabinet, (0.09,))


ROOM_PICTURES = {
    "playroom": RoomPicture("playroom", (-3.6, -4.6, 4.4), (0.0, -0.1, 0.0), options={"seed": 7}),
    "playroom-all": RoomPicture(
        "playroom",
        (-5.4, -7.6, 7.6),
        (0.0, -0.3, 0.0),
        options={"seed": 5, "extras": "all"},
        prepare=lambda world: world._fixtures[0].set(True),
    ),
    "maze": RoomPicture("maze", (-4.8, -6.9, 9.0), (0.0, -0.5, 0.0), options={"seed": 0}),
    "stove": RoomPicture("stove", (-2.6, -3.8, 3.0), (0.0, 0.1, 0.0), 22, {"seed": 0}, place_body(-0.35, -0.7, 2.2)),
    "theatre": RoomPicture(
        "theatre", (1.5, -3.9, 2.3), (0.0, 0.4, 0.1), 14, {"seed": 1, "act": "appearing", "twist": True}
    ),
    "fork": RoomPicture("fork", (1.7, -2.9, 2.0), (0.0, 0.45, 0.45), 8, {"seed": 0}),
    "tabletop": RoomPicture(
        "tabletop", (1.05, -1.35, 0.95), (-0.08, 0.02, 0.12), options={"seed": 0}, prepare=grip_block
    ),
    "meadow": RoomPicture("meadow", (-2.4, -3.6, 1.0), (0.0, 0.1, 0.0), 3, {"seed": 3}, place_body(-0.7, -0.9, 0.9)),
    "kitten": RoomPicture(
        "playroom", (0.62, -0.72, 0.52), (0.08, 0.0, 0.09), 2, {"seed": 3}, place_body(0.0, 0.0, -0.3)
    ),
    "crawler": RoomPicture(
        "playroom", (0.62, -0.72, 0.52), (0.0, 0.0, 0.09), 2, {"seed": 3, "body": "crawler"}, place_body(0.0, 0.0, -0.3)
    ),
    "octopus": RoomPicture(
        "playroom", (0.70, -0.78, 0.66), (0.0, 0.0, 0.05), 2, {"seed": 3, "body": "octopus"}, place_body(0.0, 0.0, -0.5)
    ),
    "arm": RoomPicture("tabletop", (0.65, -0.85, 0.75), (-0.22, 0.0, 0.27), 1, {"seed": 0}),
}


FILES = {WINDOW: "window.png", LOOP: "window.webp"}
PICTURES = (WINDOW, LOOP, *ROOM_PICTURES)


def draw_room(picture: RoomPicture) -> pygame.Surface:
    """Draws a picture of a room or a body."""
    world = worlds.make(picture.world, **picture.options)
    picture.prepare(world)
    for _ in range(picture.steps):
        world.step(np.zeros(world.action_space.shape, np.float32))
    renderer = make_renderer(world, SUPERSAMPLING * ROOM_SIZE[0], SUPERSAMPLING * ROOM_SIZE[1])
    image = renderer.render(world.scene().poses, Camera(picture.eye, picture.target, FIELD_OF_VIEW))
    surface = pygame.surfarray.make_surface(np.ascontiguousarray(image.swapaxes(0, 1)))
    world.close()
    return pygame.transform.smoothscale(surface, ROOM_SIZE)


def paint_window(mind: str | None, seed: int, seconds: float) -> Iterator[pygame.Surface]:
    """Paints the window through some seconds of a life; yields its surface `FPS` times a second, each time the same.

    Args:
        mind: Name or path of a mind; None for a newborn after some minutes of play.
        seed: Seed of the room.
        seconds: Seconds of life.
    """
    pygame.font.init()
    surface = pygame.Surface(SIZE)
    life = InlineSource(lambda: _start_life(mind, seed))
    frame, playback = Frame(life), Playback(life)
    status = Status(title=describe_agent(mind or NEWBORN, body_name(life.scene())))
    for _ in range(round(seconds * FPS)):
        for moment in playback.advance(1.0 / FPS, 1.0):
            frame.add(moment)
        frame.paint(surface, playback.poses, 1.0 / FPS, status)
        yield surface
    frame.close()
    life.close()


def save_loop(path: Path, frames: Iterable[pygame.Surface]) -> None:
    """Saves a picture that moves and begins again, as WebP."""
    images = [
        Image.frombytes("RGB", LOOP_SIZE, pygame.image.tobytes(pygame.transform.smoothscale(frame, LOOP_SIZE), "RGB"))
        for frame in frames
    ]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=round(1000 / LOOP_FPS),
        loop=0,
        quality=LOOP_QUALITY,
    )


def draw(name: str, path: Path, mind: str | None, seed: int, seconds: float) -> None:
    """Draws the picture of a name, and saves it.

    Args:
        name: One of `PICTURES`.
        path: File of the picture.
        mind: Name or path of the mind in the window; None for a newborn after some minutes of play.
        seed: Seed of the room in the window.
        seconds: Seconds of life before the picture of the window; the moving one ends `LOOP_SECONDS` later.
    """
    if name == WINDOW:
        (surface,) = deque(paint_window(mind, seed, seconds), maxlen=1)
        pygame.image.save(surface, path)
    elif name == LOOP:
        painted = paint_window(mind, seed, seconds + LOOP_SECONDS)
        save_loop(path, islice(painted, round(seconds * FPS), None, FPS // LOOP_FPS))
    else:
        pygame.image.save(draw_room(ROOM_PICTURES[name]), path)


def _start_life(mind: str | None, seed: int) -> tuple[Any, Any]:
    world = worlds.make("playroom", seed=seed)
    if mind is not None:
        return world, Mind.load(mind)
    newborn = Mind.born(world, seed=seed)
    deque(live(world, newborn, NEWBORN_STEPS), maxlen=0)
    return world, newborn


def main(
    names: tyro.conf.Positional[tuple[str, ...]] = (),
    mind: str | None = "kitten",
    seed: int = 14,
    seconds: float = 22.0,
    out: Path = Path("docs"),
) -> None:
    """Draws the pictures of the window and those of rooms and bodies.

    Args:
        names: Names of the pictures: window, loop, playroom, maze ...; all when none is given.
        mind: Name or path of the mind in the window, or None for a newborn after some minutes of play.
        seed: Seed of the room in the window.
        seconds: Seconds of life before the pictures of the window.
        out: Folder for window.png and window.webp; those of rooms and bodies go to the folder worlds in it.

    Raises:
        UserError: If there is no such picture.
    """
    for name in names:
        if name not in PICTURES:
            raise unknown_name("picture", name, PICTURES)
    for name in names or PICTURES:
        path = out / FILES.get(name, f"worlds/{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(name, path, mind, seed, seconds)
        sys.stderr.write(f"Saved {path}\n")


if __name__ == "__main__":
    try:
        tyro.cli(main, prog="python -m scripts.make_pictures")
    except UserError as error:
        sys.stderr.write(f"make_pictures: {error}\n")
        sys.exit(2)
