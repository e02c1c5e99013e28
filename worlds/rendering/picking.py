"""Which thing is under the mouse: rays against primitive shapes, without drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import Camera
from worlds.rendering.meshes import compose, inverse, rotate
from worlds.rendering.scene import Scene, Vector


@dataclass(frozen=True)
class Pick:
    """What a ray through a pixel hits.

    Attributes:
        node: Index into `Scene.nodes` of the nearest shape, or None where there is only floor and walls.
        floor: Where the ray hits the floor (m), or None when it points away from it.
    """

    node: int | None
    floor: Vector | None


def pick(scene: Scene, camera: Camera, poses: npt.NDArray[Any], x: float, y: float, width: int, height: int) -> Pick:
    """Finds the nearest shape under pixel (x, y), without walls and floor.

    Args:
        scene: The scene.
        camera: The camera of the picture.
        poses: (M, 7) poses of the nodes in the picture.
        x: Pixel from the left.
        y: Pixel from the top.
        width: Width of the picture (pixels).
        height: Height of the picture (pixels).
    """
    origin, direction = camera.ray(x, y, width, height)
    best, node = np.inf, None
    for shape in scene.shapes:
        if shape.name.startswith(("wall", "floor")) or shape.kind == "ground":
            continue
        local = np.array([*shape.position, *shape.orientation])
        back = inverse(compose(np.asarray(poses[shape.node], float), local))
        size = np.asarray(shape.size)
        at = (back[:3] + rotate(back[3:], np.asarray(origin, float))) / size
        along = rotate(back[3:], np.asarray(direction, float)) / size
        distance = _sphere(at, along) if shape.kind == "sphere" else _box(at, along, shape.kind != "box")
        if distance < best:
            best, node = distance, shape.node
    floor = None
    if direction[2] < -1e-6:
        reach = -origin[2] / direction[2]
        floor = (float(origin[0] + reach * direction[0]), float(origin[1] + reach * direction[1]), 0.0)
    return Pick(node, floor)


def _sphere(at: npt.NDArray[Any], along: npt.NDArray[Any]) -> float:
    """Returns the distance to the unit sphere, inf when missed."""
    a, b, c = float(along @ along), float(at @ along), float(at @ at) - 1.0
    root = b * b - a * c
    if root < 0:
        return float("inf")
    distance = (-b - root**0.5) / a
    return distance if distance > 0 else float("inf")


def _box(at: npt.NDArray[Any], along: npt.NDArray[Any], round_: bool) -> float:
    """Returns the distance to the unit cube, or to the unit cylinder (a cone counts as one), inf when missed."""
    safe = np.where(np.abs(along) < 1e-9, 1e-9, along)
    near, far = np.minimum((-1 - at) / safe, (1 - at) / safe), np.maximum((-1 - at) / safe, (1 - at) / safe)
    if round_:
        a, b, c = float(along[:2] @ along[:2]), float(at[:2] @ along[:2]), float(at[:2] @ at[:2]) - 1.0
        root = b * b - a * c
        if root < 0 or a < 1e-12:
            return float("inf")
        near = np.array([(-b - root**0.5) / a, near[2]])
        far = np.array([(-b + root**0.5) / a, far[2]])
    enter, leave = float(near.max()), float(far.min())
    return enter if leave >= enter > 0 else float("inf")
