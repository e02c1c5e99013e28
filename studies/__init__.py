"""The claims about curious minds as experiments that anyone can run: one module a claim.

A study is a module with ``run(seeds, steps, out, progress) -> dict``: it lives with each seed, keeps its figure in
the folder `out`, calls ``progress(share_done, words)``, and returns ``{"study", "seeds", "metrics", "controls",
"versions"}``, where a metric is ``{"value", "ci95": [low, high], "unit", "better": "higher" or "lower"}``.
"""

from __future__ import annotations

import ast
import pkgutil
from pathlib import Path


def describe() -> dict[str, str]:
    """Returns the first line of each study's description, by name, without importing any."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            continue
        tree = ast.parse((Path(__path__[0]) / f"{module.name}.py").read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in tree.body):
            found[module.name] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found
