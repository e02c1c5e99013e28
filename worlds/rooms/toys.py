"""Toys, and what else stands in more than one room."""

from __future__ import annotations

from dataclasses import dataclass

from worlds.scene import Shape, Vector


@dataclass(frozen=True)
class Toy:
    """A thing to play with: its name, shape and mass (kg), and how readily it stops rolling."""

    name: str
    shape: Shape
    mass: float
    rolling: float = 0.0

    @classmethod
    def ball(cls, name: str, radius: float, mass: float, color: Vector) -> Toy:
        """Makes a ball."""
        return cls(name, Shape(name, "sphere", (radius,) * 3, color, 0), mass, 0.004)

    @classmethod
    def cube(cls, name: str, half: float, mass: float, color: Vector) -> Toy:
        """Makes a cube."""
        return cls(name, Shape(name, "box", (half,) * 3, color, 0), mass)

    @classmethod
    def drum(cls, name: str, radius: float, half: float, mass: float, color: Vector) -> Toy:
        """Makes a cylinder that stands on its end."""
        # Without rolling friction a tilted drum circles on its rim for ever, like a coin, and fascinates the curious.
        return cls(name, Shape(name, "cylinder", (radius, radius, half), color, 0), mass, 0.003)


TOYS = (
    Toy.ball("red ball", 0.12, 0.25, (0.90, 0.20, 0.20)),
    Toy.ball("blue ball", 0.09, 0.12, (0.20, 0.45, 0.95)),
    Toy.cube("green cube", 0.11, 0.40, (0.25, 0.72, 0.35)),
    Toy.cube("yellow cube", 0.08, 0.18, (0.97, 0.82, 0.22)),
    Toy.drum("purple drum", 0.12, 0.09, 0.50, (0.58, 0.35, 0.85)),
    Toy.drum("orange drum", 0.08, 0.10, 0.22, (0.98, 0.55, 0.15)),
)
PLATE = Shape("hot plate", "cylinder", (0.5, 0.5, 0.004), (0.95, 0.28, 0.12), 0, glow=0.8, solid=False)
# A box against the wall: between a round feeder and the wall there would be a wedge for paws to jam in.
FEEDER = Shape("feeder", "box", (0.16, 0.16, 0.14), (0.35, 0.80, 0.82), 0)
