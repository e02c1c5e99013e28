"""The arrays that the renderer uploads: instances of shapes, spots on the floor, and tiles that need extra passes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import RIBBON_FLOATS, Camera, Ghost
from worlds.rendering.meshes import compose
from worlds.rendering.scene import Scene
from worlds.rendering.shaders import WALL_GLOW

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
INSTANCE_FLOATS = 15  # position 3, rotation 4, size 3, colour 4, glow 1
FLOOR_TILES = 28
SCREEN_TILE = 16
PLINTH = 0.09  # half height (m)
LIGHT = np.array([-0.42, -0.50, 0.90], np.float32) / np.float32(math.sqrt(0.42**2 + 0.5**2 + 0.9**2))
SUN, SKY = np.array([1.20, 1.08, 0.92], np.float32), np.array([0.42, 0.47, 0.58], np.float32)  # as in the shaders

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
_ENDS = np.array([[i, i | bit] for bit in (1, 2, 4) for i in range(8) if not i & bit], np.intp)
# The corners' last bit is up: edges between two upper corners, and those that differ in it alone.
_OUTLINE = np.array([(a, b) for a, b in _ENDS.tolist() if b & 1 and (a & 1 or b == a + 1)], np.intp)
_LOWER = np.array([(a, b) for a, b in _ENDS.tolist() if not (a & 1 or b & 1)], np.intp)  # outlines leave these rough


class InstanceBuilder:
    """Turns poses into the arrays that the renderer uploads.

    Args:
        scene: The scene; later poses are of its nodes.

    Attributes:
        ground: Centre x, y, half the longer side and height of the floor (m).
        tiles: The floor's x, y, width and depth in tiles, of which `FLOOR_TILES` make up its longer side.
        lit_color: Colour of the floor where it is lit.
        shadow_factor: Factor of that colour in shadow.
        casts_shadow: (S,) mask of the shapes that cast shadows.
        is_mesh: (S,) mask of the shapes that are drawn as meshes.
    """

    def __init__(self, scene: Scene) -> None:
        shapes = scene.shapes
        self._node = np.array([s.node for s in shapes], np.intp)
        self._local = np.array([[*s.position, *s.orientation] for s in shapes], np.float32).reshape(-1, 7)
        self._size = np.array([s.size for s in shapes], np.float32).reshape(-1, 3)
        self._tint = np.array([[*s.color, 1.0] for s in shapes], np.float32).reshape(-1, 4)
        self._glow = np.array([[s.glow] for s in shapes], np.float32).reshape(-1, 1)
        named = [s.name.split()[0] if s.name else "" for s in shapes]
        self._wall = np.array([n.startswith("wall") for n in named], bool)
        self._floor = np.array([n.startswith("floor") for n in named], bool)
        self._glow[self._wall] = WALL_GLOW
        room = self._wall | self._floor
        self.casts_shadow: Mask = ~room & (self._glow[:, 0] == 0.0)
        self.is_mesh: Mask = np.ones(len(shapes), bool)
        reach = [1.0 if s.kind == "sphere" else 1.25 if s.kind == "cylinder" else 1.74 for s in shapes]
        self._reach = self._size.max(1) * np.array(reach, np.float32)
        # A round spot under a long board would reach far beyond it.
        wide, narrow = self._size[:, :2].max(1), self._size[:, :2].min(1)
        compact = (wide < 0.4) | (wide < 3 * narrow)
        self._standing = self.casts_shadow & compact & np.array([s.solid for s in shapes], bool)
        self._rounds = np.flatnonzero(~room)
        self._boxes = np.flatnonzero(self._wall)
        self.ground = (0.0, 0.0, max(scene.size) / 2, 0.0)
        self.tiles: tuple[float, float, float, float] = (0.0, 0.0, FLOOR_TILES, FLOOR_TILES)
        color = (0.80, 0.70, 0.58)
        if self._floor.any():
            first = int(np.flatnonzero(self._floor)[0])
            at = compose(scene.poses[self._node[first]], self._local[first])
            top = float(at[2] + self._size[first, 2])
            half = self._size[first, :2] / self._size[first, :2].max()
            self.tiles = (
                (1 - half[0]) * FLOOR_TILES / 2,
                (1 - half[1]) * FLOOR_TILES / 2,
                half[0] * FLOOR_TILES,
                half[1] * FLOOR_TILES,
            )
            self.ground = (float(at[0]), float(at[1]), float(self._size[first, :2].max()), top)
            color = shapes[first].color
        wood = 0.5 * np.square(color)  # dim, so that things and lines stand out
        self.lit_color = tuple(tone_map(wood * (SUN * LIGHT[2] + 0.86 * SKY)).tolist())
        self.shadow_factor = tuple((tone_map(wood * (0.14 * SUN * LIGHT[2] + 0.86 * SKY)) / self.lit_color).tolist())

    def build(self, poses: Array, camera: Camera) -> Array:
        """Returns (S, 15) instances of all shapes; walls between the camera and the room are cut low."""
        world = compose(poses[self._node], self._local).astype(np.float32)
        size = self._size.copy()
        for i in np.flatnonzero(self._wall):
            x, y = float(world[i, 0]), float(world[i, 1])
            outside = ((camera.eye[0] - x) * x + (camera.eye[1] - y) * y) / max(math.hypot(x, y), 1e-6)
            keep = 1.0 - 0.80 * min(max((outside + 0.6) / 0.8, 0.0), 1.0)
            world[i, 2] -= size[i, 2] * (1 - keep)
            size[i, 2] *= keep
        # Of the floor's box only a low plinth is drawn; its top is drawn apart.
        world[self._floor, 2] += size[self._floor, 2] - PLINTH
        size[self._floor, 2] = PLINTH
        return np.concatenate([world, size, self._tint, self._glow], axis=1)

    def build_ghost(self, ghost: Ghost) -> tuple[Array, Mask]:
        """Returns (S, 15) instances with a node's shapes at the ghost's pose, and the mask (S,) of these shapes."""
        members = self._node == ghost.node
        data = np.zeros((len(self._node), INSTANCE_FLOATS), np.float32)
        data[:, :7] = compose(np.asarray(ghost.pose, np.float32)[None], self._local)
        data[:, 7:10] = self._size
        data[:, 10:13] = 0.45 * self._tint[:, :3] + 0.55 * np.asarray(ghost.tint, np.float32)
        data[:, 13] = ghost.alpha
        data[:, 14] = 0.35
        return data, members

    def wall_edges(self, instances: Array, camera: Camera, height: int) -> Array:
        """Returns thin ribbons (V, 12) along the walls' upper and upright edges, in the colour below their paint.

        Cheap smoothing does not remove the steps of long, nearly level edges; the sides of ribbons are smooth.
        """
        walls = instances[self._wall]
        light = walls[:, 10:13] ** 2 * (SUN * 0.824 + SKY)  # as the shader lights a surface that faces up
        color = np.repeat(tone_map(light), len(_OUTLINE), axis=0)
        corners = walls[:, None, :3] + _CORNERS * (walls[:, None, 7:10] + 0.002)
        ends = corners[:, _OUTLINE].reshape(-1, 2, 3)
        toward = np.asarray(camera.eye, np.float32) - ends
        away = np.linalg.norm(toward, axis=-1, keepdims=True)
        ends = ends + toward * (0.03 / away)  # in front of the edge
        tangent = ends[:, 1] - ends[:, 0]
        tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True)
        width = 1.25 * 2 * math.tan(math.radians(camera.fov) / 2) / height * away
        out = np.zeros((len(ends), 6, RIBBON_FLOATS), np.float32)
        first = np.array([0, 0, 1, 1, 0, 1])  # the end of the edge at each corner of the two triangles
        out[:, :, :3] = ends[:, first]
        out[:, :, 3:6] = tangent[:, None] * width[:, first]
        out[:, :, 6] = [-1, 1, -1, -1, 1, 1]
        out[:, :, 8:11] = color[:, None]
        out[:, :, 11] = 1.0
        return out.reshape(-1, RIBBON_FLOATS)

    def floor_spots(self, instances: Array) -> Array:
        """Returns (P, 9) round spots on the floor: position, radii and colour.

        Dark ones lie below things, bright ones surround what glows.
        """
        x, y, z = instances[:, 0], instances[:, 1], instances[:, 2] - self.ground[3]
        reach, low = instances[:, 7:10].max(1), z - instances[:, 7:10].min(1)
        out = np.zeros((2, len(instances), 9), np.float32)
        out[:, :, 0], out[:, :, 1] = x, y
        out[0, :, 2], out[1, :, 2] = self.ground[3] + 0.003, self.ground[3] + 0.004
        out[0, :, 3:5] = reach[:, None] * 1.45
        out[0, :, 5:8] = 0.05, 0.03, 0.03
        out[0, :, 8] = 0.46 * np.clip(1 - low / 0.2, 0, 1) * (z > -1.0)  # not for what is kept below the room
        out[1, :, 3:5] = reach[:, None] * 2.1
        out[1, :, 5:8] = self._tint[:, :3]
        out[1, :, 8] = 0.42 * self._glow[:, 0]
        return np.concatenate([out[0][self._standing], out[1][self._glow[:, 0] > 0]])

    def shadow_tiles(self, instances: Array) -> Mask:
        """Returns a mask (tiles, tiles), x first, of the floor tiles on which a shadow may fall."""
        x0, y0, half, top = self.ground
        rows = instances[self.casts_shadow]
        height = np.maximum(rows[:, 2] - top, 0.0)
        reach = rows[:, 7:10].max(1)
        shift = LIGHT[:2] / LIGHT[2]
        center = rows[:, :2] - shift * height[:, None] - (x0, y0)
        span = (reach * (1 + np.abs(shift).max()) + 0.06)[:, None]
        low = np.floor((center - span + half) / (2 * half) * FLOOR_TILES).astype(int)
        high = np.ceil((center + span + half) / (2 * half) * FLOOR_TILES).astype(int)
        return _fill((FLOOR_TILES, FLOOR_TILES), low, high)

    def clip_to_floor(self, cells: Array) -> Array:
        """Clips rectangles of tiles (R, 4) to a floor that is not square."""
        x, y, width, depth = self.tiles
        low = np.maximum(cells[:, :2], (x, y))
        high = np.minimum(cells[:, :2] + cells[:, 2:], (x + width, y + depth))
        cut: Array = np.concatenate([low, high - low], axis=1)[(high > low).all(1)].astype(np.float32)
        return cut

    def edge_tiles(self, instances: Array, camera: Camera, width: int, height: int) -> Mask:
        """Returns a mask of the picture's tiles (x first, y downwards) with outlines to be smoothed."""
        tiles = (-(-width // SCREEN_TILE), -(-height // SCREEN_TILE))
        seen = camera.project(instances[self._rounds, :3], width, height)
        scale = height / (2 * math.tan(math.radians(camera.fov) / 2))
        near = np.maximum(seen[:, 2], camera.near)
        span = (self._reach[self._rounds] * scale / near + 2)[:, None]
        keep = seen[:, 2] > 0
        low = np.floor((seen[:, :2] - span) / SCREEN_TILE)[keep]
        high = np.ceil((seen[:, :2] + span) / SCREEN_TILE)[keep]
        mask = _fill(tiles, low, high)
        # Walls are not rotated.
        corners = instances[self._boxes, None, :3] + _CORNERS * instances[self._boxes, None, 7:10]
        along = np.linspace(0, 1, 2 * max(tiles), dtype=np.float32)[:, None]
        nudge = np.resize(np.array([-0.12, 0.12], np.float32), len(along))[:, None]
        at = camera.clip(corners.reshape(-1, 3), width / height).reshape(-1, 8, 4)[:, _LOWER][..., (0, 1, 3)]
        at = _clipped(at[:, :, 0].reshape(-1, 3), at[:, :, 1].reshape(-1, 3), camera.near)
        ends = (at[..., :2] / at[..., 2:] * (0.5, -0.5) + 0.5) * (width / SCREEN_TILE, height / SCREEN_TILE)
        line = (ends[:, 0, None] + along * (ends[:, 1] - ends[:, 0])[:, None] + nudge).reshape(-1, 2)
        index = np.clip(line, -1, tiles).astype(np.intp) + 1  # what is outside falls into the margin
        margin = np.zeros((tiles[0] + 2, tiles[1] + 2), bool)
        margin.reshape(-1)[index[:, 0] * (tiles[1] + 2) + index[:, 1]] = True
        mask |= margin[1:-1, 1:-1]
        return mask


def tone_map(light: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Returns the colour that the shaders show for an amount of light."""
    light = np.minimum(light, 1.6)
    return np.asarray(np.sqrt(light * (1 - 0.235 * light)))


def merge_cells(mask: Mask) -> Array:
    """Merges marked cells that are neighbours along x into rectangles (R, 4): x, y, width, height in cells."""
    padded = np.zeros((mask.shape[0] + 2, mask.shape[1]), np.int8)
    padded[1:-1] = mask
    step = np.diff(padded, axis=0).T  # rows first, so that starts and ends pair up in order
    y, start = np.nonzero(step == 1)
    _, end = np.nonzero(step == -1)
    return np.stack([start, y, end - start, np.ones_like(y)], axis=1).astype(np.float32)


def _clipped(a: Array, b: Array, near: float) -> Array:
    """Clips segments of (x, y, w) at w = near; returns (S, 2, 3) without those that lie behind."""
    keep = np.maximum(a[:, 2], b[:, 2]) > near
    a, b = a[keep], b[keep]
    t = np.clip((near - a[:, 2]) / np.where(b[:, 2] == a[:, 2], 1, b[:, 2] - a[:, 2]), 0, 1)[:, None]
    cut = a + t * (b - a)
    return np.stack([np.where(a[:, 2:] < near, cut, a), np.where(b[:, 2:] < near, cut, b)], axis=1)


def _fill(shape: tuple[int, int], low: npt.NDArray[Any], high: npt.NDArray[Any]) -> Mask:
    """Marks the cells of half-open rectangles given by their corners (R, 2)."""
    mask = np.zeros(shape, bool)
    low = np.clip(low, 0, shape).astype(int)
    high = np.clip(high, 0, shape).astype(int)
    for (x0, y0), (x1, y1) in zip(low.tolist(), high.tolist(), strict=True):
        mask[x0:x1, y0:y1] = True
    return mask
