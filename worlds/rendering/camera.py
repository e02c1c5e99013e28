"""Cameras, and overlays that are drawn over the world: ribbons, dots and ghosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.rendering.scene import Vector

Array = npt.NDArray[np.float32]
Rgba = tuple[float, float, float, float]
RIBBON_FLOATS = 12


@dataclass(frozen=True)
class Camera:
    """A perspective camera.

    Attributes:
        eye: Position (m, room frame).
        target: Point that it looks at (m, room frame).
        fov: Vertical field of view (degrees).
        near: Nearest distance drawn (m).
        far: Farthest distance drawn (m).
        up: Up direction.
    """

    eye: Vector
    target: Vector
    fov: float = 40.0
    near: float = 0.1
    far: float = 60.0
    up: Vector = (0.0, 0.0, 1.0)

    def axes(self) -> tuple[Array, Array, Array]:
        """Returns the unit vectors right, up and forward."""
        forward = np.subtract(self.target, self.eye, dtype=np.float32)
        forward /= max(float(np.linalg.norm(forward)), 1e-6)
        right = np.cross(forward, np.array(self.up, np.float32))
        if float(np.linalg.norm(right)) < 1e-4:  # straight down: any right will do, take +x
            right = np.array([1, 0, 0], np.float32)
        right = np.asarray(right / np.linalg.norm(right), np.float32)
        return right, np.asarray(np.cross(right, forward), np.float32), np.asarray(forward, np.float32)

    def matrix(self, aspect: float) -> Array:
        """Returns the (4, 4) view-projection matrix (column vectors, y up, OpenGL depth)."""
        right, up, forward = self.axes()
        view = np.eye(4, dtype=np.float32)
        view[:3, :3] = np.stack([right, up, -forward])
        view[:3, 3] = -view[:3, :3] @ np.asarray(self.eye, np.float32)
        f = 1.0 / np.tan(np.radians(self.fov) / 2)
        projection = np.zeros((4, 4), np.float32)
        projection[0, 0], projection[1, 1] = f / aspect, f
        projection[2, 2] = (self.far + self.near) / (self.near - self.far)
        projection[2, 3] = 2 * self.far * self.near / (self.near - self.far)
        projection[3, 2] = -1.0
        return projection @ view

    def ray(self, x: float, y: float, width: int, height: int) -> tuple[Array, Array]:
        """Returns origin and unit direction of the ray through pixel (x, y), y counted downwards."""
        right, up, forward = self.axes()
        f = np.tan(np.radians(self.fov) / 2)
        u = (2 * (x + 0.5) / width - 1) * f * width / height
        v = (1 - 2 * (y + 0.5) / height) * f
        direction = forward + np.float32(u) * right + np.float32(v) * up
        return np.asarray(self.eye, np.float32), (direction / np.linalg.norm(direction)).astype(np.float32)

    def clip(self, points: npt.NDArray[Any], aspect: float) -> Array:
        """Returns (P, 4) homogeneous clip coordinates of points (P, 3)."""
        matrix = self.matrix(aspect)
        return np.asarray(points @ matrix[:, :3].T + matrix[:, 3], np.float32)

    def project(self, points: npt.NDArray[Any], width: int, height: int) -> Array:
        """Returns (P, 3): pixel x, pixel y (downwards) and distance along the view, which is <= 0 behind the eye."""
        clip = self.clip(points, width / height)
        w = np.where(np.abs(clip[:, 3]) < 1e-6, 1e-6, clip[:, 3])
        x = (clip[:, 0] / w + 1) * width / 2
        y = (1 - clip[:, 1] / w) * height / 2
        return np.stack([x, y, clip[:, 3]], axis=1).astype(np.float32)


@dataclass(frozen=True)
class Ghost:
    """A translucent copy of everything that one node carries, somewhere else.

    Attributes:
        node: Index into `Scene.nodes`.
        pose: (7,) position and quaternion of the copy.
        alpha: 0 invisible to 1 opaque.
        tint: Colour that the copy is mixed with.
    """

    node: int
    pose: Array
    alpha: float = 0.35
    tint: Vector = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Overlay:
    """Shapes that are drawn over the world.

    Attributes:
        strips: Vertex arrays made by `ribbon`, `ring` and `dot`, drawn in this order.
        ghosts: Translucent copies.
    """

    strips: tuple[Array, ...] = ()
    ghosts: tuple[Ghost, ...] = ()


def ribbon(points: npt.NDArray[Any], color: Rgba, width: float = 0.03, fade: tuple[float, float] = (1.0, 1.0)) -> Array:
    """Makes a thick line that always faces the camera.

    Args:
        points: (P, 3) positions along it (m).
        color: Red, green, blue, alpha, each 0 to 1.
        width: Width (m).
        fade: Factors of alpha at its start and at its end.

    Returns:
        (6 * (P - 1), 12) vertices of triangles: position 3, tangent 3, across and along in -1..1, colour 4. The
        half width is the tangent's length.
    """
    p = np.asarray(points, np.float32)
    if len(p) < 2:
        return np.zeros((0, RIBBON_FLOATS), np.float32)
    tangent = np.gradient(p, axis=0).astype(np.float32)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-6)
    alpha = color[3] * np.linspace(fade[0], fade[1], len(p), dtype=np.float32)
    sides = np.empty((len(p), 2, RIBBON_FLOATS), np.float32)
    sides[:, :, 0:3] = p[:, None]
    sides[:, :, 3:6] = tangent[:, None] * (width / 2)
    sides[:, :, 6] = [-1.0, 1.0]
    sides[:, :, 7] = 0.0
    sides[:, :, 8:11] = color[:3]
    sides[:, :, 11] = alpha[:, None]
    a, b, c, d = sides[:-1, 0], sides[:-1, 1], sides[1:, 0], sides[1:, 1]
    return np.stack([a, b, c, c, b, d], axis=1).reshape(-1, RIBBON_FLOATS)


def ring(center: npt.NDArray[Any], radius: float, color: Rgba, width: float = 0.02, parts: int = 40) -> Array:
    """Makes a horizontal circle as a ribbon."""
    angle = np.linspace(0, 2 * np.pi, parts + 1)
    points = np.stack([np.cos(angle) * radius, np.sin(angle) * radius, np.zeros_like(angle)], axis=1) + center
    return ribbon(points, color, width)


def dot(center: npt.NDArray[Any], radius: float, color: Rgba) -> Array:
    """Makes a horizontal disc (m)."""
    corners = np.array([[-1, -1], [1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1]], np.float32)
    vertices = np.zeros((6, RIBBON_FLOATS), np.float32)
    vertices[:, 0:3] = center
    vertices[:, 0:2] += corners * radius
    vertices[:, 6:8] = corners
    vertices[:, 8:12] = color
    return vertices
