"""The meadow: uneven ground with boulders, a few toys and a berry bush."""

from __future__ import annotations

import math

import numpy as np

from housecat.core.errors import UserError
from worlds.physics import builders
from worlds.rendering.scene import Shape
from worlds.rooms.base import Room
from worlds.rooms.fixtures.toys import Toy

SPACING = 0.25  # distance between the points of the ground (m)
GRASS = (0.42, 0.62, 0.30)
FLAT = 0.9  # width of the strip along the walls in which the ground flattens out (m)
LOWEST = -0.5
BOULDERS = tuple(
    Shape(f"boulder {i + 1}", "sphere", (radius,) * 3, (0.55, 0.54, 0.52), 0)
    for i, radius in enumerate((0.35, 0.28, 0.22))
)
CONES = (
    Toy.ball("brown cone", 0.08, 0.10, (0.50, 0.33, 0.20)),
    Toy.ball("red apple", 0.07, 0.15, (0.85, 0.18, 0.16)),
    Toy.cube("hay bale", 0.10, 0.30, (0.90, 0.80, 0.40)),
)
BUSH = Shape("berry bush", "sphere", (0.22,) * 3, (0.20, 0.45, 0.55), 0)


class Meadow(Room):
    """A meadow of 8 x 8 m with hills up to some 0.2 m, three boulders, a cone, an apple, a bale and a berry bush.

    Observation: see `Room`; the things are boulders, cone, apple and bale, and the bush, which feeds (K = 7). The
    hills belong to the room and stay the same at every reset. An episode has no end of its own.

    Args:
        hills: Seed of the hills.
        steepness: Factor of the hills' height, 0 to 2; 0 is flat ground.
        **options: Options of every room, see `Room`.
    """

    bodies = ("crawler", "kitten")
    size = (8.0, 8.0)

    def __init__(self, *, hills: int = 0, steepness: float = 1.0, **options: object) -> None:
        if not isinstance(hills, int) or hills < 0:
            raise UserError(f"hills={hills!r}; it takes a whole number from 0 up")
        if not 0.0 <= steepness <= 2.0:
            raise UserError(f"steepness={steepness!r}; it takes a number from 0 to 2")
        self.hills, self.steepness = hills, steepness
        super().__init__(**options)  # type: ignore[arg-type]

    def build(self) -> None:
        """Adds ground, walls and things."""
        self.heights = self._ground()
        self._floors.add(builders.add_ground(self.physics, self.heights, SPACING, friction=0.9))
        half, top = self.size[0] / 2, 1.0
        rows = tuple(tuple(map(float, row)) for row in self.heights)
        self._statics.append(Shape("floor", "box", (half, half, 0.5), GRASS, 0, (0.0, 0.0, LOWEST - 0.5)))
        self._statics.append(Shape("hills", "ground", (half, half, top), GRASS, 0, heights=rows))
        self.add_walls(0.5)
        self.boulders = [self.add_thing(shape, friction=0.8) for shape in BOULDERS]
        self.cones = [
            self.add_thing(toy.shape, toy.mass, friction=0.7, rolling=max(toy.rolling, 0.02), damping=0.2)
            for toy in CONES
        ]
        self.bush = self.add_thing(BUSH)

    def _ground(self) -> np.ndarray:
        """Returns the heights (X, Y) of hills made of smooth waves, flat along the walls (m)."""
        rng = np.random.default_rng([817, self.hills])
        count = round(self.size[0] / SPACING) + 1
        x, y = np.meshgrid(*2 * (np.linspace(-self.size[0] / 2, self.size[0] / 2, count),), indexing="ij")
        ground = np.zeros((count, count))
        for length in (3.5, 2.2, 1.3, 0.9):  # metres from crest to crest
            for angle in rng.uniform(0.0, math.pi, 2):
                along = (x * math.cos(angle) + y * math.sin(angle)) * 2 * math.pi / length
                ground += 0.0166 * length * np.sin(along + rng.uniform(0.0, 2 * math.pi))
        edge = self.size[0] / 2 - np.maximum(np.abs(x), np.abs(y))
        # In single precision, as the physics holds them, so that `ground_height` is exact.
        return (self.steepness * ground * np.clip(edge / FLAT, 0.0, 1.0)).astype(np.float32)

    def ground_height(self, x: float, y: float) -> float:
        """Returns the height (m) of the highest grid point around a position (m).

        What is placed there never lies in the ground.
        """
        count = len(self.heights)
        i, j = (min(max(int((v + self.size[0] / 2) / SPACING), 0), count - 2) for v in (x, y))
        return float(self.heights[i : i + 2, j : j + 2].max())

    def initialize_episode(self) -> None:
        """Scatters the boulders, half sunk, and everything else."""
        for boulder in self.boulders:
            radius = boulder.shape.size[0]
            x, y = self.sample_position(radius, 1.0)
            boulder.place(x, y, self.ground_height(x, y) + 0.2 * radius)
        for thing in (*self.cones, self.bush):
            x, y = self.sample_position(thing.radius, 0.8)
            thing.place(x, y, self.ground_height(x, y) + (0.4 if thing is self.bush else 1.0) * thing.shape.size[2])

    def is_fed(self) -> bool:
        """Returns whether the bush is touched."""
        return self.is_touched(BUSH.name)
