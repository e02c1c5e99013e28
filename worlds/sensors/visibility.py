"""Which things are in view of a camera: inside its field of view, and not occluded."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from worlds.physics.state import cast_rays
from worlds.rendering.camera import Camera
from worlds.rendering.meshes import rotate
from worlds.sensors.camera import FOV
from worlds.sensors.things import Thing

RIM_SHARE = 0.85  # where the tested points lie, from a thing's centre (0) to its rim (1)
MAX_CASTS = 3  # a ray that hits the body itself is cast again from behind it: the camera may be inside the head
HALF_WIDTH = math.tan(math.radians(FOV) / 2)


def in_view(things: Sequence[Thing], body: int, camera: Camera) -> npt.NDArray[np.bool_]:
    """Returns a mask (K,) of the things of which at least one of five points is visible: centre and four on the rim.

    Args:
        things: The things, all in one physics.
        body: Number of the body that carries the camera; it does not occlude anything.
        camera: The camera.
    """
    if not things:
        return np.zeros(0, bool)
    poses = [thing.pose() for thing in things]
    middle = np.array([position for position, _ in poses])  # (K, 3)
    turns = np.array([turn for _, turn in poses])
    size = np.array([thing.shape.size for thing in things])
    right, up, forward = (axis.astype(np.float64) for axis in camera.axes())
    eye = np.array(camera.eye)
    rims = [np.zeros_like(middle)]
    for axis in (right, up):
        rim = _support(size, turns, axis, [thing.shape.kind for thing in things])
        rims += [RIM_SHARE * rim, -RIM_SHARE * rim]
    points = middle[:, None] + np.stack(rims, axis=1)  # (K, 5, 3)
    offset = points - eye
    depth, across, along = offset @ forward, offset @ right, offset @ up
    inside = (depth > 0) & (np.abs(across) <= HALF_WIDTH * depth) & (np.abs(along) <= HALF_WIDTH * depth)
    inside &= np.array([thing.present for thing in things])[:, None]
    which, at = np.nonzero(inside)
    seen = np.zeros(len(things), bool)
    if not len(which):
        return seen
    physics, ends = things[0].physics, points[which, at]
    starts = np.broadcast_to(eye, ends.shape).copy()
    active = np.arange(len(ends))
    for _ in range(MAX_CASTS):
        hits = cast_rays(physics, starts[active], ends[active])
        for ray, (hit, link, share) in zip(active, hits, strict=True):
            thing = things[which[ray]]
            # A visual-only thing stops no ray: it is visible where the ray hits nothing else.
            free = hit < 0 or share > 0.999 if thing.visual_only else hit == thing.body and thing.link in (-1, link)
            seen[which[ray]] |= free or (hit < 0 and not thing.visual_only and share >= 1.0)
        own = [i for i, (hit, _, _) in enumerate(hits) if hit == body]
        if not own:
            break
        for i in own:
            ray = active[i]
            starts[ray] += (hits[i][2] + 1e-3) * (ends[ray] - starts[ray])
        active = active[own]
    return seen


def _support(
    size: npt.NDArray[np.float64], turns: npt.NDArray[np.float64], axis: npt.NDArray[np.float64], kinds: list[str]
) -> npt.NDArray[np.float64]:
    """Returns offsets (K, 3) from each thing's centre to its farthest point along an axis of the room's frame."""
    back = turns * np.array([-1.0, -1.0, -1.0, 1.0])
    local = rotate(back, np.broadcast_to(axis, (len(size), 3)))
    far = np.where(local < 0, -size, size)
    for i, kind in enumerate(kinds):
        if kind == "sphere":
            far[i] = local[i] * size[i]
        elif kind in ("cylinder", "cone"):
            around = max(math.hypot(local[i, 0], local[i, 1]), 1e-9)
            far[i, :2] = local[i, :2] / around * size[i, :2]
    moved: npt.NDArray[np.float64] = rotate(turns, far)
    return moved
