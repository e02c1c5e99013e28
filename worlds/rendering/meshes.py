"""Unit meshes of the primitive shapes, and the transforms that place them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from worlds.rendering.scene import ShapeKind

Array = npt.NDArray[np.float32]


def box() -> Array:
    """Returns (36, 6) positions and normals of a cube of half extent 1, counter-clockwise from outside."""
    faces = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = np.zeros(3)
            normal[axis] = sign
            u = np.roll(normal, 1) * sign
            v = np.cross(normal, u)
            corners = [normal - u - v, normal + u - v, normal + u + v, normal - u + v]
            faces += [np.concatenate([corners[i], normal]) for i in (0, 1, 2, 0, 2, 3)]
    return np.array(faces, np.float32)


def _grid(points: npt.NDArray[Any], normals: npt.NDArray[Any]) -> Array:
    """Triangulates an (R, C, 3) grid whose columns go round counter-clockwise and whose rows go up."""
    data = np.concatenate([points, normals], axis=-1)
    a, b, c, d = data[:-1, :-1], data[:-1, 1:], data[1:, :-1], data[1:, 1:]
    triangles = np.stack([a, b, d, a, d, c], axis=2).reshape(-1, 6)
    return triangles.astype(np.float32)


def sphere(columns: int = 28, rows: int = 16) -> Array:
    """Returns (V, 6) positions and normals of a sphere of radius 1."""
    theta = np.linspace(0, 2 * np.pi, columns + 1)[None]
    phi = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)[:, None]
    points = np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi) + 0 * theta], axis=-1)
    return _grid(points, points)


def _disc(columns: int, z: float, up: bool) -> Array:
    theta = np.linspace(0, 2 * np.pi, columns + 1)
    rim = np.stack([np.cos(theta), np.sin(theta), np.full_like(theta, z)], axis=1)
    center = np.broadcast_to([0.0, 0.0, z], rim[:-1].shape)
    corners = [center, rim[:-1], rim[1:]] if up else [center, rim[1:], rim[:-1]]
    points = np.stack(corners, axis=1).reshape(-1, 3)
    normal = np.broadcast_to([0.0, 0.0, 1.0 if up else -1.0], points.shape)
    return np.concatenate([points, normal], axis=1).astype(np.float32)


def cylinder(columns: int = 28) -> Array:
    """Returns (V, 6) positions and normals of a cylinder of radius 1 and half height 1."""
    theta = np.linspace(0, 2 * np.pi, columns + 1)
    x, y, zero = np.cos(theta), np.sin(theta), np.zeros_like(theta)
    side = np.stack([np.stack([x, y, zero - 1], -1), np.stack([x, y, zero + 1], -1)])
    normal = np.broadcast_to(np.stack([x, y, zero], -1), side.shape)
    return np.concatenate([_grid(side, normal), _disc(columns, 1.0, True), _disc(columns, -1.0, False)])


def cone(columns: int = 28) -> Array:
    """Returns (V, 6) positions and normals of a cone with base radius 1 at z = -1 and its tip at z = 1."""
    theta = np.linspace(0, 2 * np.pi, columns + 1)
    x, y, zero = np.cos(theta), np.sin(theta), np.zeros_like(theta)
    side = np.stack([np.stack([x, y, zero - 1], -1), np.stack([zero, zero, zero + 1], -1)])
    slope = np.stack([2 * x, 2 * y, zero + 1], -1) / np.sqrt(5)
    return np.concatenate([_grid(side, np.broadcast_to(slope, side.shape)), _disc(columns, -1.0, False)])


def ground(heights: tuple[tuple[float, ...], ...]) -> Array:
    """Returns (V, 6) positions and normals of uneven ground between -1 and 1 along x and y, seen from above."""
    z = np.array(heights)
    x, y = (np.linspace(-1, 1, count) for count in z.shape)
    points = np.stack([*np.meshgrid(x, y, indexing="ij"), z], axis=-1)
    along_x, along_y = np.gradient(z, x, y)
    normals = np.stack([-along_x, -along_y, np.ones_like(z)], axis=-1)
    # Columns go round counter-clockwise: seen from above, y first.
    return _grid(points, normals).reshape(-1, 3, 6)[:, ::-1].reshape(-1, 6)


def mesh(
    kind: ShapeKind | Literal["skirt"], fine: bool, heights: tuple[tuple[float, ...], ...] = ()
) -> tuple[Array, npt.NDArray[np.int32]]:
    """Returns (V, 6) distinct vertices and the indices of their triangles.

    Args:
        kind: Kind of shape; a skirt is a box without top and bottom.
        fine: Whether the mesh is fine; a coarse one is enough for a few pixels.
        heights: Heights of uneven ground, see `Shape`.
    """
    if kind == "box":
        vertices = box()
    elif kind == "skirt":
        vertices = box()[:24]
    elif kind == "ground":
        vertices = ground(heights)
    elif kind == "sphere":
        vertices = sphere(22, 13) if fine else sphere(12, 8)
    else:
        vertices = (cylinder if kind == "cylinder" else cone)(28 if fine else 12)
    distinct, index = np.unique(vertices.round(5), axis=0, return_inverse=True)
    return np.ascontiguousarray(distinct), index.astype(np.int32).ravel()


def rotate(q: npt.NDArray[Any], v: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rotates vectors (..., 3) by unit quaternions (..., 4) given as x, y, z, w."""
    t = 2 * _cross(q, v)
    result: npt.NDArray[Any] = v + q[..., 3:] * t + _cross(q, t)
    return result


def _cross(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Crosses the first three components; several times faster than `numpy.cross` on a few rows."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def multiply(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Multiplies quaternions (..., 4), x, y, z, w: first b, then a."""
    vector = a[..., 3:] * b[..., :3] + b[..., 3:] * a[..., :3] + _cross(a, b)
    scalar = a[..., 3:] * b[..., 3:] - (a[..., :3] * b[..., :3]).sum(-1, keepdims=True)
    return np.concatenate([vector, scalar], axis=-1)


def compose(parent: npt.NDArray[Any], child: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """PlacementSampler child poses (..., 7) in the frames of parent poses (..., 7)."""
    position = parent[..., :3] + rotate(parent[..., 3:], child[..., :3])
    return np.concatenate([position, multiply(parent[..., 3:], child[..., 3:])], axis=-1)


def inverse(pose: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Inverts poses (..., 7)."""
    conjugate = pose[..., 3:] * np.array([-1, -1, -1, 1], pose.dtype)
    return np.concatenate([-rotate(conjugate, pose[..., :3]), conjugate], axis=-1)
