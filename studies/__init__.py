"""The claims about curious minds as experiments that anyone can run: one module a claim.

A study is a module with ``run(seeds, out, progress, steps) -> dict``: it measures with each seed, calls
``progress(share_done, words)`` and writes ``result.json`` and ``figure.png`` into the folder `out`, see
`studies.common.results`.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHIPPED_MINDS = ("kitten", "cat")


def summaries() -> dict[str, str]:
    """Returns the first line of each study's description, by name, without importing any."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            continue
        tree = ast.parse((Path(__path__[0]) / f"{module.name}.py").read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found[module.name] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def load(name: str) -> Callable[..., dict[str, Any]]:
    """Imports a study and returns its ``run``."""
    run: Callable[..., dict[str, Any]] = importlib.import_module(f"studies.{name}").run
    return run
