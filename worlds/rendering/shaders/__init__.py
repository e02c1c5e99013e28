"""GLSL programs of the renderer and of the head's camera, read from the files beside this one.

Without a graphics card arithmetic is nearly free and texture lookups are what costs (measured on 436,000 pixels:
0.2 ms for a tone curve, 1.3 ms for a whole-texel lookup, 3 ms for a filtered one). So boards are computed and not
read from a picture, and shadows and antialiasing look things up only in the tiles of floor and screen that need it.
"""

from __future__ import annotations

import functools
import re
from importlib.resources import files
from typing import Final, TypedDict

WALL_GLOW: Final = -1.0  # stands in place of a wall's glow and tells the shaders to paint it

_INCLUDE = re.compile(r'^#include "([a-z_]+\.glsl)"\n', re.MULTILINE)


class ShaderSources(TypedDict):
    """The sources of a program, as the arguments that `moderngl.Context.program` takes."""

    vertex_shader: str
    fragment_shader: str


def shader_sources(name: str, fragment: str | None = None) -> ShaderSources:
    """Returns the sources of a program.

    Args:
        name: Name of the vertex shader, ``<name>.vert.glsl``.
        fragment: Name of the fragment shader, ``<fragment>.frag.glsl``; `name` when not given.
    """
    return {
        "vertex_shader": _source(f"{name}.vert.glsl"),
        "fragment_shader": _source(f"{fragment or name}.frag.glsl"),
    }


@functools.cache
def _source(file_name: str) -> str:
    """Returns the text of a file, with the files that it includes in place of its ``#include`` lines."""
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda match: _source(match[1]), text)
