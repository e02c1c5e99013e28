"""Renders scenes: with OpenGL and without a window, or with the world's own slow renderer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, Literal

import moderngl
import numpy as np
import numpy.typing as npt

from housecat.core.environment import graphics_environment
from worlds.rendering.batches import QuadBatch, RibbonBatch, make_batches
from worlds.rendering.camera import Camera, Overlay
from worlds.rendering.instancing import FLOOR_TILES, LIGHT, SCREEN_TILE, InstanceBuilder, merge_cells
from worlds.rendering.protocols import BACKGROUND, EMPTY_OVERLAY, Image, Poses, Renderable, SceneRenderer, TinyRenderer
from worlds.rendering.scene import Scene
from worlds.rendering.shaders import shader_sources

__all__ = [
    "Camera",
    "GLRenderer",
    "NoOpenGLError",
    "Overlay",
    "Renderable",
    "SceneRenderer",
    "TinyRenderer",
    "make_renderer",
]

log = logging.getLogger(__name__)
Array = npt.NDArray[np.float32]

MASK_SIZE = 768


class NoOpenGLError(RuntimeError):
    """There is no OpenGL 3.3 to draw with."""


class GLRenderer:
    """Draws a scene with OpenGL into memory; software OpenGL will do.

    Attributes:
        backend: ``"moderngl: <name of the OpenGL renderer>"``.
        width: Width of the picture (pixels).
        height: Height of the picture (pixels).
    """

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        """Makes a context, the programs and the buffers.

        Raises:
            NoOpenGLError: If no OpenGL 3.3 context can be had.
        """
        self._gl = context()
        self.backend = f"moderngl: {self._gl.info['GL_RENDERER']}"
        self.width, self.height = width, height
        self._instance_builder = InstanceBuilder(scene)
        self._buffer = np.zeros((height, width, 4), np.uint8)
        with self._gl:
            self._make_targets()
            self._make_programs()
            self._make_arrays(scene)

    def _make_targets(self) -> None:
        gl, extent = self._gl, (self.width, self.height)
        self._canvas = gl.framebuffer([gl.renderbuffer(extent, 4)], gl.depth_renderbuffer(extent))
        self._copy = gl.texture(extent, 4)
        self._copy.filter = (gl.NEAREST, gl.NEAREST)
        self._copy.repeat_x = self._copy.repeat_y = False
        self._copied = gl.framebuffer([self._copy])
        self._mask = gl.texture((MASK_SIZE, MASK_SIZE), 1)
        self._mask.filter = (gl.LINEAR, gl.LINEAR)
        self._mask.repeat_x = self._mask.repeat_y = False
        self._masked = gl.framebuffer([self._mask])

    def _make_programs(self) -> None:
        make = self._gl.program
        self._cast = make(**shader_sources("shadow_cast"))
        self._solid = make(**shader_sources("solid"))
        self._floor = make(**shader_sources("floor"))
        self._shaded = make(**shader_sources("floor", "floor_shadowed"))
        self._spot = make(**shader_sources("spot"))
        self._line = make(**shader_sources("line"))
        self._smooth = make(**shader_sources("smooth"))
        everything = (self._cast, self._solid, self._floor, self._shaded, self._smooth)
        constants: dict[str, Any] = {
            "toward": tuple(LIGHT),
            "extent": (float(self.width), float(self.height)),
            "ground": self._instance_builder.ground,
            "tiles": float(FLOOR_TILES),
            "lit_color": self._instance_builder.lit_color,
            "shadow_factor": self._instance_builder.shadow_factor,
            "mask": 0,
            "picture": 0,
            "side": float(SCREEN_TILE),
            "soft": 0.034 / (2 * self._instance_builder.ground[2]),  # a penumbra of 3 cm to each side
        }
        for program in everything:
            for name, value in constants.items():
                if isinstance(program.get(name, None), moderngl.Uniform):
                    program[name] = value
        self._shaded["lift"] = 0.001

    def _make_arrays(self, scene: Scene) -> None:
        """Uploads one mesh for each kind of shape, and the quads of tiles and spots."""
        gl = self._gl
        self._batches = make_batches(gl, scene, self._cast, self._solid)
        square = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
        self._spots = QuadBatch(gl, self._spot, 2 * square - 1, ("center", "reach", "color"), "3f 2f 4f")
        self._bare = QuadBatch(gl, self._floor, square, ("cells",), "4f")
        self._dim = QuadBatch(gl, self._shaded, square, ("cells",), "4f")
        self._edges = QuadBatch(gl, self._smooth, square, ("cells",), "4f")
        self._ribbons = RibbonBatch(gl, self._line)

    def render(self, poses: Poses, camera: Camera, overlay: Overlay = EMPTY_OVERLAY) -> Image:
        """Draws one picture.

        Args:
            poses: (M, 7) position and quaternion of every node.
            camera: The camera.
            overlay: Ribbons, dots and ghosts over the world.

        Returns:
            (H, W, 3) view of a buffer that the next call overwrites; `pixels` is the same with a fourth, unused byte.
        """
        with self._gl:  # other contexts, such as that of a body's eye, may be active
            return self._draw(poses, camera, overlay)

    def _draw(self, poses: Poses, camera: Camera, overlay: Overlay) -> Image:
        gl, builder = self._gl, self._instance_builder
        instances = builder.build(np.asarray(poses, np.float32), camera)
        matrix = camera.matrix(self.width / self.height)
        matrix[1] *= -1  # OpenGL's first row is the lowest: draw upside down and read back upright
        for program in (self._solid, self._floor, self._shaded, self._spot, self._line):
            program["camera"].write(matrix.T.tobytes())  # type: ignore[union-attr]
        for program in (self._solid, self._line):
            program["eye"] = tuple(camera.eye)
        self._draw_floor(instances)
        self._blend(True, depth=False)
        self._spots.draw(builder.floor_spots(instances))
        self._blend(False)
        gl.enable(gl.CULL_FACE)
        gl.front_face = "cw"  # because of drawing upside down
        for batch in self._batches:
            batch.draw("solid", instances, builder.is_mesh)
        self._draw_lines([builder.wall_edges(instances, camera, self.height)], behind=0.0)
        self._smooth_edges(builder.edge_tiles(instances, camera, self.width, self.height))
        self._draw_lines(overlay.strips, behind=0.25)
        self._draw_ghosts(overlay)
        self._canvas.read_into(self._buffer, components=4)
        return self._buffer[:, :, :3]

    @property
    def pixels(self) -> Image:
        """The last picture as (H, W, 4) contiguous bytes, the fourth unused."""
        return self._buffer

    def _draw_floor(self, instances: Array) -> None:
        """Draws shadows into their mask, then the floor, which reads the mask only where a shadow may fall."""
        gl, builder = self._gl, self._instance_builder
        gl.enable_only(gl.NOTHING)
        self._masked.use()
        self._masked.clear()
        for batch in self._batches:
            batch.draw("cast", instances, builder.casts_shadow)
        self._canvas.use()
        red, green, blue = (c / 255 for c in BACKGROUND)
        self._canvas.clear(red, green, blue, 1.0, depth=1.0)
        gl.enable_only(gl.DEPTH_TEST)
        self._mask.use(0)
        # A millimetre above the bare floor, which it hides.
        self._dim.draw(builder.clip_to_floor(merge_cells(builder.shadow_tiles(instances))))
        self._bare.draw(np.array([builder.tiles]))

    def _smooth_edges(self, tiles: npt.NDArray[np.bool_]) -> None:
        gl = self._gl
        gl.copy_framebuffer(self._copied, self._canvas)
        self._canvas.use()
        gl.enable_only(gl.NOTHING)
        self._copy.use(0)
        self._edges.draw(merge_cells(tiles))
        gl.enable_only(gl.DEPTH_TEST)

    def _blend(self, on: bool, depth: bool = True) -> None:
        gl = self._gl
        (gl.enable if on else gl.disable)(gl.BLEND)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA
        self._canvas.depth_mask = depth

    def _draw_lines(self, strips: Sequence[Array], behind: float) -> None:
        if sum(map(len, strips)):
            self._blend(True, depth=False)
            self._ribbons.draw(np.concatenate(strips), behind)
            self._blend(False)

    def _draw_ghosts(self, overlay: Overlay) -> None:
        """Draws translucent copies; they hide one another, so that the inside of a ghost is not seen."""
        gl = self._gl
        self._blend(True)
        gl.enable(gl.CULL_FACE)
        for ghost in overlay.ghosts:
            data, members = self._instance_builder.build_ghost(ghost)
            for batch in self._batches:
                batch.draw("solid", data, members)
        self._blend(False)

    def close(self) -> None:
        """Releases the context."""
        self._gl.release()


def make_renderer(
    world: Renderable, width: int, height: int, backend: Literal["auto", "moderngl", "tiny"] = "auto"
) -> GLRenderer | TinyRenderer:
    """Makes the best renderer that works here; its attribute `backend` says which it is.

    Args:
        world: The world to draw.
        width: Width of the picture (pixels).
        height: Height of the picture (pixels).
        backend: ``auto`` falls back to the world's own renderer when there is no OpenGL.

    Raises:
        NoOpenGLError: If `backend` insists on OpenGL and there is none.
    """
    if backend != "tiny":
        try:
            return GLRenderer(world.scene(), width, height)
        except NoOpenGLError as error:
            if backend == "moderngl":
                raise
            log.warning("no OpenGL here (%s): drawing with the world's own slow renderer", error)
    return TinyRenderer(world.tiny_render, width, height)


def context() -> moderngl.Context:
    """Makes a context without a window: EGL first, which needs no display, then whatever the system offers.

    Raises:
        NoOpenGLError: If there is none to be had.
    """
    reasons = []
    # Mesa's llvmpipe frees a fence while its rasteriser thread may still be signalling it (`lp_fence_signal` against
    # the lock-free `lp_fence_signalled`), which corrupts the heap of a busy machine. Without a thread of its own it
    # cannot, and is as fast: every picture is read back at once.
    with graphics_environment(LP_NUM_THREADS="0"):
        for options in ({"backend": "egl"}, {}):
            try:
                return moderngl.create_context(standalone=True, **options)  # type: ignore[arg-type]
            except Exception as error:  # moderngl and drivers raise what they like, bare Exception included
                reasons.append(str(error))
    raise NoOpenGLError("; ".join(reasons))
