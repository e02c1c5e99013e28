"""What benchmarks/environments.py measures with a clock: steps, resets and pictures of our worlds."""

from __future__ import annotations

import math
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
from timing import median_ms

import worlds
from housecat.core.errors import UserError
from worlds.rendering.scene import Shape
from worlds.rooms.maze_layout import generate_maze
from worlds.sensors.camera import GLHeadCamera, gaze_camera
from worlds.testing.random_script import random_script


def overhead(name: str, steps: int, **options: Any) -> float:
    """Returns the time of `step` over that of the same motor commands and raw substeps, taken in turns.

    Hashing the exact state is never turned off.
    """
    world = worlds.make(name, seed=0, **options)
    physics = sys.modules["worlds.physics.client"].p
    whole, raw = [], []
    for action, _ in random_script(world, 0, steps):
        started = time.process_time()
        world.step(action)
        middle = time.process_time()
        world.physics.invalidate_cache()  # what is stepped behind its back must not be taken from what it remembers
        world.body.act(action)
        for _ in range(world.substeps):
            physics.stepSimulation(physicsClientId=world.physics.client)
        raw.append(time.process_time() - middle)
        whole.append(middle - started)
        world.physics.invalidate_cache()
    world.close()
    return float(np.median(whole) / np.median(raw))


def resets(name: str, repeats: int = 100) -> dict[str, float]:
    """Returns the times (ms) of a reset by chance, to a layout, and of going back to a snapshot."""
    # A layout says where things lie, and not how the maze runs: that is known where its plan is given.
    known = {"plan": generate_maze(8, 8, np.random.default_rng(0)).draw()} if name == "maze" else {}
    world, drawn = worlds.make(name, seed=0), worlds.make(name, seed=0, **known)
    truth, snapshot = drawn.truth(), world.snapshot()
    layout = {}
    place = (*map(float, truth["body.position"][:2]), float(truth["body.heading"]))
    for thing, at in ((world.body.name, place), *zip(truth["things.names"], truth["things.position"], strict=True)):
        more = {**layout, thing: tuple(map(float, at if thing == world.body.name else at[:2]))}
        try:
            drawn.reset(seed=0, options={"layout": more})
            layout = more
        except UserError:  # what belongs to the room cannot be put elsewhere
            continue
    world.restore(snapshot), world.restore(snapshot)
    found = {
        "reset to a fresh layout, ms": median_ms(world.reset, repeats),
        "reset to a known layout, ms": median_ms(lambda: drawn.reset(seed=0, options={"layout": layout}), repeats),
        "going back to a snapshot, ms": median_ms(lambda: world.restore(snapshot), repeats),
    }
    world.close(), drawn.close()
    return found


def eyes(repeats: int = 100) -> dict[str, float]:
    """Returns the times (ms) of a picture from the playroom's head, as it is and among 100 more things."""
    world = worlds.make("playroom", seed=0, senses=("eye",))
    scene = world.scene()
    ring = [2 * math.pi * i / 100 for i in range(100)]
    kinds = ("sphere", "box", "cylinder", "cone")
    more = [
        Shape(f"thing {i}", kinds[i % 4], (0.1,) * 3, (0.8, 0.3, 0.2), 0, (2 * math.cos(a), 2 * math.sin(a), 0.1))
        for i, a in enumerate(ring)
    ]
    crowd = replace(scene, shapes=(*scene.shapes, *more))
    eye, camera = GLHeadCamera(crowd), gaze_camera(world.body.gaze())
    found = {
        "eye, up to 15 objects, ms": median_ms(world.observe, repeats),
        "eye, 100 objects, ms": median_ms(lambda: eye.render(crowd, camera), repeats),
        "TinyRenderer, 84 x 84, ms": median_ms(lambda: world.tiny_render(84, 84, camera.eye, camera.target, 90.0), 20),
    }
    eye.close()
    world.close()
    return found
