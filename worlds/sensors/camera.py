"""The sense ``eye``: a small picture from a body's head, quick enough to be taken at every control step."""

from __future__ import annotations

import logging
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from worlds.rendering.camera import Camera
from worlds.rendering.meshes import compose, mesh
from worlds.rendering.protocols import BACKGROUND, TinyRender
from worlds.rendering.scene import Scene, Shape, Vector
from worlds.rendering.shaders import WALL_GLOW, shader_sources

SIDE: Final = 84  # pixels
FOV: Final = 90.0  # degrees, up and down as well as from left to right
NEAR: Final = 0.01  # m
SURFACE_MARKS = {"floor": 2.0, "wall": WALL_GLOW}  # in place of a glow: the shader draws boards and paint there
TEXELS = 5  # of four floats, per shape: position and glow, rotation, size, colour
Backend = Literal["auto", "moderngl", "tiny"]

log = logging.getLogger(__name__)


class HeadCamera(Protocol):
    """A camera in the head of a body.

    Attributes:
        backend: What it draws by.
    """

    backend: str

    def render(self, scene: Scene, camera: Camera) -> npt.NDArray[np.uint8]:
        """Returns a picture (84, 84, 3) of a scene."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class GLHeadCamera:
    """A camera that draws by OpenGL: all shapes in one call, since a call costs as much as a hundred triangles.

    Args:
        scene: The scene; later ones must have the same shapes.
    """

    def __init__(self, scene: Scene) -> None:
        from worlds.rendering.renderer import context

        self._gl = gl = context()
        with gl:
            self.backend = f"moderngl: {gl.info['GL_RENDERER']}"
            self._program = gl.program(**shader_sources("head_camera"))
            self._canvas = gl.framebuffer([gl.renderbuffer((SIDE, SIDE), 3)], gl.depth_renderbuffer((SIDE, SIDE)))
            self._texture = gl.texture((TEXELS, max(1, len(scene.shapes))), 4, dtype="f4")
            self._texture.filter = (gl.NEAREST, gl.NEAREST)
            vertices, order = _merged_mesh(scene.shapes)
            layout = [(gl.buffer(vertices), "3f 3f 1f", "vertex", "normal", "shape")]
            self._array = gl.vertex_array(self._program, layout, gl.buffer(order))
        shapes = scene.shapes
        self._node = np.array([s.node for s in shapes], np.intp)
        self._local = np.array([[*s.position, *s.orientation] for s in shapes], np.float32).reshape(-1, 7)
        self._data = np.zeros((max(1, len(shapes)), TEXELS, 4), np.float32)
        for row, shape in zip(self._data, shapes, strict=False):
            row[2, :3], row[3, :3] = shape.size, shape.color
            row[2, 3] = next((mark for name, mark in SURFACE_MARKS.items() if shape.name.startswith(name)), shape.glow)

    def render(self, scene: Scene, camera: Camera) -> npt.NDArray[np.uint8]:
        """Returns a picture (84, 84, 3) of a scene with the same shapes."""
        world = compose(scene.poses[self._node], self._local)
        self._data[: len(world), 0, :3], self._data[: len(world), 1] = world[:, :3], world[:, 3:]
        matrix = camera.matrix(1.0)
        matrix[1] *= -1  # OpenGL's first row is the lowest: draw upside down and read back upright
        gl, picture = self._gl, np.empty((SIDE, SIDE, 3), np.uint8)
        with gl:
            self._texture.write(self._data)
            self._texture.use(0)
            self._program["camera"].write(matrix.T.tobytes())  # type: ignore[union-attr]
            self._canvas.use()
            gl.enable_only(gl.DEPTH_TEST | gl.CULL_FACE)
            gl.front_face = "cw"  # because of drawing upside down
            red, green, blue = (c / 255 for c in BACKGROUND)
            self._canvas.clear(red, green, blue, 1.0, depth=1.0)
            self._array.render()
            self._canvas.read_into(picture, components=3, alignment=1)
        return picture

    def close(self) -> None:
        """Releases the context."""
        self._gl.release()


class TinyHeadCamera:
    """A camera that draws by the world's own slow renderer, for machines without OpenGL.

    Args:
        tiny_render: The world's `tiny_render`.
    """

    backend = "tiny"

    def __init__(self, tiny_render: TinyRender) -> None:
        self._tiny_render = tiny_render

    def render(self, scene: Scene, camera: Camera) -> npt.NDArray[np.uint8]:
        """Returns a picture (84, 84, 3) of the world's current state; `scene` is not used."""
        picture = self._tiny_render(SIDE, SIDE, camera.eye, camera.target, camera.fov)
        return np.where((picture == 255).all(-1, keepdims=True), BACKGROUND, picture).astype(np.uint8)

    def close(self) -> None:
        """Does nothing: there is nothing to free."""


def make_head_camera(scene: Scene, tiny_render: TinyRender, backend: Backend = "auto") -> HeadCamera:
    """Makes the best camera that works here; its attribute `backend` says which it is.

    Args:
        scene: The scene to draw.
        tiny_render: The world's `tiny_render`.
        backend: ``"moderngl"`` (OpenGL), ``"tiny"``, or ``"auto"`` for OpenGL where there is one.

    Raises:
        NoOpenGLError: If `backend` insists on OpenGL and there is none.
    """
    if backend != "tiny":
        from worlds.rendering.renderer import NoOpenGLError

        try:
            return GLHeadCamera(scene)
        except NoOpenGLError as error:
            if backend == "moderngl":
                raise
            log.warning("no OpenGL here (%s): the eye is drawn by the world's own slow renderer", error)
    return TinyHeadCamera(tiny_render)


def gaze_camera(gaze: tuple[Vector, Vector, Vector]) -> Camera:
    """Returns the camera for what `Body.gaze` returned."""
    eye, target, up = gaze
    return Camera(eye, target, FOV, NEAR, up=up)


def _merged_mesh(shapes: tuple[Shape, ...]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Returns the vertices (V, 7) of all shapes, each with its shape's number, and the indices of the triangles."""
    vertices, orders, count = [np.zeros((0, 7), np.float32)], [np.zeros(0, np.int32)], 0
    for number, shape in enumerate(shapes):
        points, order = mesh(shape.kind, False)
        vertices.append(np.concatenate([points, np.full((len(points), 1), number, np.float32)], axis=1))
        orders.append(order + np.int32(count))
        count += len(points)
    return np.concatenate(vertices), np.concatenate(orders)
