"""What holds for the source as a whole: no import circles, and a tree that stays small at its top."""

from __future__ import annotations

from pathlib import Path

import grimp
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("housecat", "worlds", "intrinsic", "agent", "viewer", "studies", "scripts")
MOST_MODULES_IN_AGENT = 12  # directly in agent/, not in its sub-packages


def circles(imports: dict[str, set[str]]) -> list[frozenset[str]]:
    """Returns the sets of modules that import one another, directly or through others of the set.

    Args:
        imports: The modules that each module imports.
    """
    names = sorted({*imports, *(name for imported in imports.values() for name in imported)})
    number = {name: i for i, name in enumerate(names)}
    edges = np.array([(number[a], number[b]) for a, imported in imports.items() for b in imported], int).reshape(-1, 2)
    graph = csr_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=True, connection="strong")
    groups = [frozenset(np.array(names)[component == i].tolist()) for i in range(component.max(initial=-1) + 1)]
    return [group for group in groups if len(group) > 1]


def test_circles_are_found() -> None:
    chain = {"a": {"b"}, "b": {"c"}, "c": set()}
    assert circles(chain) == []
    assert circles({**chain, "c": {"a"}}) == [frozenset("abc")]
    assert sorted(map(sorted, circles({"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}}))) == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_imports_for_type_checkers_alone_count(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "circular_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    lines = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from circular_package import two\n"
    (package / "one.py").write_text(lines)
    (package / "two.py").write_text("def late():\n    from circular_package import one\n    return one\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert circles(imports_of("circular_package")) == [frozenset({"circular_package.one", "circular_package.two"})]


def imports_of(*packages: str) -> dict[str, set[str]]:
    """Returns what each module of some packages imports of them, anywhere in its file."""
    graph = grimp.build_graph(*packages, exclude_type_checking_imports=False, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_no_import_circles() -> None:
    imports = imports_of(*PACKAGES)
    assert len(imports) > 200
    assert [sorted(circle) for circle in circles(imports)] == []


def test_the_top_of_the_tree_is_small() -> None:
    assert [path.name for path in ROOT.glob("*.py")] == []
    modules = sorted(path.name for path in (ROOT / "agent").glob("*.py"))
    assert len(modules) <= MOST_MODULES_IN_AGENT, modules
