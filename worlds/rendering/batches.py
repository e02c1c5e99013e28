"""Buffers of meshes, rectangles and ribbons, each drawn in one OpenGL call."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import RIBBON_FLOATS
from worlds.rendering.instancing import INSTANCE_FLOATS
from worlds.rendering.meshes import mesh
from worlds.rendering.scene import Scene

Array = npt.NDArray[np.float32]
Pass = Literal["cast", "solid"]
Gl = Any  # a moderngl object: only the renderer imports moderngl


class MeshBatch:
    """All shapes that share a mesh, drawn in one call per program."""

    def __init__(
        self,
        gl: Gl,
        members: npt.NDArray[np.intp],
        coarse: tuple[Array, npt.NDArray[np.int32]],
        fine: tuple[Array, npt.NDArray[np.int32]],
        cast: Gl,
        solid: Gl,
    ) -> None:
        self._members = members
        self._instances = gl.buffer(reserve=len(members) * INSTANCE_FLOATS * 4, dynamic=True)
        full = (self._instances, "3f 4f 3f 4f 1f/i", "position", "rotation", "size", "color", "glow")
        bare = (self._instances, "3f 4f 3f 20x/i", "position", "rotation", "size")
        # Shadows are blurred, so a coarse mesh is enough for them.
        casting, drawn = [(gl.buffer(a), gl.buffer(b)) for a, b in (coarse, fine)]
        self._arrays = {
            "cast": gl.vertex_array(cast, [(casting[0], "3f 12x", "vertex"), bare], casting[1]),
            "solid": gl.vertex_array(solid, [(drawn[0], "3f 3f", "vertex", "normal"), full], drawn[1]),
        }

    def draw(self, program: Pass, data: Array, chosen: npt.NDArray[np.bool_]) -> None:
        """Draws its shapes.

        Args:
            program: Which program draws them: shadows or surfaces.
            data: (S, 15) instances of all shapes of the scene.
            chosen: (S,) mask of the shapes to draw.
        """
        rows = self._members[chosen[self._members]]
        if len(rows):
            self._instances.write(data[rows])
            self._arrays[program].render(instances=len(rows))


def make_batches(gl: Gl, scene: Scene, cast: Gl, solid: Gl) -> list[MeshBatch]:
    """Uploads one mesh for each kind of shape, and returns a batch for each."""
    floors = [s.name.startswith("floor") and s.kind == "box" for s in scene.shapes]
    keys = [
        ("skirt" if f else s.kind, max(s.size) > 0.05, s.heights) for s, f in zip(scene.shapes, floors, strict=True)
    ]
    made = []
    for key in dict.fromkeys(keys):
        kind, fine, heights = key
        members = np.array([i for i, k in enumerate(keys) if k == key], np.intp)
        made.append(MeshBatch(gl, members, mesh(kind, False, heights), mesh(kind, fine, heights), cast, solid))
    return made


class QuadBatch:
    """Many rectangles, drawn in one call.

    Not instanced: software OpenGL restarts its vertex stage for each instance, which costs 10 us each.
    """

    def __init__(self, gl: Gl, program: Gl, corners: Array, names: tuple[str, ...], layout: str) -> None:
        self._corners = corners
        self._room = 4096
        order = np.array([0, 1, 2, 2, 1, 3]) + 4 * np.arange(self._room)[:, None]
        floats = 2 + sum(int(part[0]) for part in layout.split())
        self._data = gl.buffer(reserve=self._room * 4 * floats * 4, dynamic=True)
        self._array = gl.vertex_array(
            program, [(self._data, f"2f {layout}", "corner", *names)], gl.buffer(order.astype(np.int32))
        )

    def draw(self, rows: npt.NDArray[Any]) -> None:
        """Draws a rectangle for each row of data (R, D)."""
        for start in range(0, len(rows), self._room):
            part = rows[start : start + self._room]
            data = np.empty((len(part), 4, 2 + part.shape[1]), np.float32)
            data[:, :, :2] = self._corners
            data[:, :, 2:] = part[:, None]
            self._data.write(data)
            self._array.render(vertices=6 * len(part))


class RibbonBatch:
    """Lines with a width; the buffer grows with the longest so far."""

    def __init__(self, gl: Gl, program: Gl) -> None:
        self._gl, self._program, self._room = gl, program, 0

    def draw(self, vertices: Array, behind: float) -> None:
        """Draws ribbons.

        Args:
            vertices: (V, 12) vertices of triangles, see `worlds.rendering.camera.ribbon`.
            behind: Opacity of what lies behind a thing, 0 to 1.
        """
        if len(vertices) > self._room:
            self._room = 2 * len(vertices)
            self._data = self._gl.buffer(reserve=self._room * RIBBON_FLOATS * 4, dynamic=True)
            layout = (self._data, "3f 3f 2f 4f", "position", "tangent", "across", "color")
            self._array = self._gl.vertex_array(self._program, [layout])
        self._data.write(vertices)
        for comparison, strength in (("<", 1.0), (">", behind)):
            if strength:
                self._gl.depth_func = comparison
                self._program["strength"] = strength
                self._array.render(vertices=len(vertices))
        self._gl.depth_func = "<"
