"""The GLSL files of the renderer."""

from importlib.resources import files

import pytest

from worlds.rendering.shaders import shader_sources

FILES = [file.name for file in files("worlds.rendering.shaders").iterdir() if file.name.endswith(".glsl")]
PROGRAMS = sorted({name.split(".")[0] for name in FILES if name.endswith(".vert.glsl")})


def test_there_are_programs() -> None:
    assert {"solid", "floor", "head_camera"} <= set(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_two_shaders_with_their_includes(name: str) -> None:
    sources = shader_sources(name)
    assert set(sources) == {"vertex_shader", "fragment_shader"}
    for text in sources.values():
        assert text.startswith("#version 330\n")
        assert text.count("#version") == 1
        assert "#include" not in text
        assert "void main()" in text


def test_a_program_may_have_a_fragment_shader_of_another_name() -> None:
    floor, shadowed = shader_sources("floor"), shader_sources("floor", "floor_shadowed")
    assert floor["vertex_shader"] == shadowed["vertex_shader"]
    assert floor["fragment_shader"] != shadowed["fragment_shader"]
    assert "boards()" in shadowed["fragment_shader"]


def test_every_file_is_part_of_a_program_or_included() -> None:
    text = "".join(file.read_text() for file in files("worlds.rendering.shaders").iterdir() if "glsl" in file.name)
    for name in FILES:
        assert name.endswith((".vert.glsl", ".frag.glsl")) or f'#include "{name}"' in text
