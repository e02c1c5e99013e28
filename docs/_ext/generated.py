"""Replaces each line `<!-- generated: NAME ARGUMENTS -->` of a page by what the code says when the pages are built."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from sphinx.application import Sphinx

MARK = re.compile(r"^<!-- generated: (.+?) -->$", re.MULTILINE)
STARS = re.compile(r"(``.*?``)|([(, ])\*(?=[a-z])")
COLUMNS = 100  # of the help of commands


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def code(text: str, language: str = "text") -> str:
    """Returns a block of code in Markdown."""
    return f"````{language}\n{text.rstrip()}\n````"


def api(name: str) -> str:
    """Documents what a module makes public: what its `__all__` names, or all that its public modules define."""
    module = importlib.import_module(name)
    if not hasattr(module, "__all__"):
        inner = [f"{name}.{found.name}" for found in pkgutil.iter_modules(module.__path__)]
        return "\n\n".join(f"## {path}\n\n{rst(f'.. automodule:: {path}', '   :members:')}" for path in inner)
    return "\n\n".join(_documented(module, public) for public in module.__all__)


def _documented(module: ModuleType, name: str) -> str:
    found, path = getattr(module, name), f"{module.__name__}.{name}"
    if inspect.ismodule(found):  # a function with the name of the module that it is in
        found, path = getattr(found, name), f"{path}.{name}"
    home = getattr(found, "__module__", module.__name__).partition(".")[0]
    if home != module.__name__.partition(".")[0]:
        return f"`{path}` is that of `{found.__module__}`, kept here so that one import is enough."
    if inspect.isclass(found):
        return rst(f".. autoclass:: {path}", "   :members:", "   :show-inheritance:")
    if inspect.isroutine(found):
        return rst(f".. autofunction:: {path}")
    return rst(f".. autodata:: {path}", "   :no-value:")


def rst(*lines: str) -> str:
    """Returns lines of reStructuredText as a block in Markdown."""
    return "\n".join(["```{eval-rst}", *lines, "```"])


def command_line() -> str:
    """Returns what every command says of itself."""
    from housecat.cli.main import COMMANDS

    helps = [f"## housecat {name}\n\n{code(_help(name))}" for name in COMMANDS]
    return "\n\n".join([code(_help()), *helps])


def _help(*command: str) -> str:
    from housecat.cli.main import main

    out = io.StringIO()
    with (
        mock.patch.dict(os.environ, COLUMNS=str(COLUMNS), NO_COLOR="1"),
        contextlib.redirect_stdout(out),
        contextlib.suppress(SystemExit),
    ):
        main([*command, "--help"])
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def settings() -> str:
    """Returns all settings of a mind, by group: defaults, what is allowed, and meanings."""
    from agent.config import setting_groups
    from agent.config import settings as all_settings

    parts = []
    for group, title in setting_groups().items():
        rows = [
            [f"`{name}`", f"`{setting.default}`", setting.allowed, setting.help]
            for name, setting in all_settings().items()
            if name.rpartition(".")[0] == group
        ]
        head = f"## {group}\n\n{title}" if group else f"## others\n\n{title}"
        parts.append(f"{head}\n\n{table(['setting', 'default', 'allowed', 'meaning'], rows)}")
    return "\n\n".join(parts)


def senses() -> str:
    """Returns a table for each sense: columns, meanings, units and ranges."""
    from housecat.core.obs_layout import markdown_tables

    return markdown_tables()


def keys() -> str:
    """Returns what keys and mouse do in the window."""
    from viewer.keys import KEYS, MOUSE

    rows = [[key.label, key.words] for key in KEYS] + [[what, words] for what, words in MOUSE]
    return table(["key, mouse", "what it does"], rows)


def objectives() -> str:
    """Returns the catalogue of objectives as a table, and what each class says of itself."""
    from intrinsic.registry import class_of
    from intrinsic.testing.catalogue_table import rows

    catalogue = rows()
    head = ["objective", "what it does", "kind", "reads", "properties"]
    listed = table(head, [row.cells()[: len(head)] for row in catalogue])
    classes = [(row.name, class_of(row.name)) for row in catalogue]
    described = [
        f"## {name}\n\n{rst(f'.. autoclass:: {kind.__module__}.{kind.__qualname__}')}" for name, kind in classes
    ]
    return "\n\n".join([listed, *described])


def bodies() -> str:
    """Returns the bodies, and what their actions, readings and parts are called, as a table."""
    from worlds.bodies import BODIES

    head = ["body", "what it is", "actions, each from −1 to 1", "readings (the sense `body`)", "parts that feel touch"]
    rows = []
    for name, body in BODIES.items():
        summary = (inspect.getdoc(body) or "").partition("\n")[0]
        rows.append([f"`{name}`", summary, _quoted(body.actions), _quoted(body.readings), _quoted(body.parts)])
    return table(head, rows)


def worlds() -> str:
    """Returns the worlds, their bodies and their options as a table."""
    import worlds as package

    head = ["world", "what it is", "bodies", "options of its own", "Gymnasium id"]
    own = [world for world in package.describe() if world.origin == "housecat"]
    rows = [
        [f"`{world.name}`", world.summary, ", ".join(world.bodies), _quoted(world.options), f"`worlds:{world.id}`"]
        for world in own
    ]
    return table(head, rows)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def results() -> str:
    """Returns the claims that were measured, one row each."""
    import studies
    from scripts.results_table import claims, tables_by_study

    return tables_by_study(claims(), studies.summaries())


MAKERS: dict[str, Callable[..., str]] = {
    "api": api,
    "bodies": bodies,
    "command-line": command_line,
    "keys": keys,
    "objectives": objectives,
    "results": results,
    "senses": senses,
    "settings": settings,
    "worlds": worlds,
}


def fill(text: str) -> str:
    """Replaces the marks in a page."""

    def made(found: re.Match[str]) -> str:
        name, *arguments = found[1].split()
        return MAKERS[name](*arguments)

    return MARK.sub(made, text)


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    source[0] = fill(source[0])


def _edit_docstring(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Escapes the stars of shapes such as ``(*lead, 3)``, and leaves out what Python says of all values of a type."""
    if what == "data" and "\n".join(lines).strip() == (inspect.getdoc(type(thing)) or "").strip():
        lines.clear()
    lines[:] = [STARS.sub(lambda found: found[1] or f"{found[2]}\\*", line) for line in lines]


def _outdated(app: Sphinx, env: Any, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Makes pages with marks anew each time: the code may say something else."""
    return [name for name in env.found_docs if MARK.search(Path(env.doc2path(name)).read_text(encoding="utf-8"))]


def setup(app: Sphinx) -> dict[str, bool]:
    """Registers what happens while pages are read."""
    app.connect("source-read", _read)
    app.connect("env-get-outdated", _outdated)
    app.connect("autodoc-process-docstring", _edit_docstring)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
