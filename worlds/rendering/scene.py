"""Scenes: the shapes that a renderer draws, the nodes that carry them, and their poses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

ShapeKind = Literal["box", "sphere", "cylinder", "cone", "ground"]
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """One coloured primitive, fixed in the frame of a node.

    Attributes:
        name: Name, such as ``"red ball"``; names that begin with floor or wall are drawn as such.
        kind: ``box``, ``sphere``, ``cylinder``, ``cone`` (axis and tip along +z) or ``ground`` (see `heights`).
        size: Half extents along x, y, z in metres (a sphere's radius three times; a cylinder's or
            cone's radius twice, then half its height). Unequal radii give an ellipsoid.
        color: Red, green, blue, each 0 to 1.
        node: Index of the node that carries it, into `Scene.nodes`; rooms set it for the shapes of their things.
        position: Offset from the node's origin (m), in the node's frame.
        orientation: Rotation relative to the node's frame, quaternion (x, y, z, w).
        glow: 0 for an ordinary surface to 1 for one that shines by itself (a hot plate, a lamp).
        solid: False for shapes that only decorate (ears, eyes, stripes).
        heights: Grid of heights of uneven ground, along x and then y, which spans -1 to 1 both ways; multiplied by
            `size`.
    """

    name: str
    kind: ShapeKind
    size: Vector
    color: Vector
    node: int = 0
    position: Vector = (0.0, 0.0, 0.0)
    orientation: Quaternion = (0.0, 0.0, 0.0, 1.0)
    glow: float = 0.0
    solid: bool = True
    heights: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Scene:
    """Shapes, and the poses of the nodes that carry them.

    Attributes:
        shapes: All shapes; the same during the life of a world.
        nodes: Names of the M nodes, such as ``"kitten"``, ``"kitten.head"``, ``"red ball"``.
        poses: (M, 7) float32: position x, y, z (m) and quaternion x, y, z, w in the room's frame (z up).
        body: Node of the body, which a camera may follow.
        size: Side lengths of the room along x and y (m), centred on the origin.
    """

    shapes: tuple[Shape, ...]
    nodes: tuple[str, ...]
    poses: npt.NDArray[np.float32]
    body: int
    size: tuple[float, float]
