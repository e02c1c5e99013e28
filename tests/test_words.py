"""Names, docstrings and comments are plain: no pet words, no `it` as a variable, no empty descriptions."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.test_architecture import PACKAGES, ROOT

WORDS = frozenset({"taste", "tastes", "tasted", "relive", "relives", "deeds", "wishes", "tries", "skips", "told"})
NAMES = frozenset({"it", "any_", "all_"})  # as whole names
EMPTY = re.compile(r"(?:^|: )(Whose|Which|Who)\.")  # a description that says nothing


def findings(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and word of what must not be in a module.

    Strings that are no docstrings are left alone: they may hold names from old files.
    """
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            found = {token.string} & NAMES | set(token.string.lower().split("_")) & WORDS
        elif token.type == tokenize.COMMENT:
            found = set(re.findall(r"[a-z]+", token.string.lower())) & WORDS
        else:
            continue
        yield from ((token.start[0], word) for word in sorted(found))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = (ast.get_docstring(node, clean=False) or "").split("\n")
        start = node.body[0].lineno if node.body else 0
        for number, line in enumerate(lines, start):
            words = set(re.findall(r"[a-z]+", line.lower())) & WORDS
            yield from ((number, word) for word in [*sorted(words), *(m.group() for m in EMPTY.finditer(line.strip()))])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("told = 1", [(1, "told")]),
        ("def relive_all(): pass", [(1, "relive")]),
        ("for it in []: pass", [(1, "it")]),
        ("x = 1  # what it tries", [(1, "tries")]),
        ('"""Summary.\n\nArgs:\n    mind: Whose.\n"""', [(4, ": Whose.")]),
        ('def f():\n    """Which."""', [(2, "Which.")]),
        ('class A:\n    """A list of wishes."""', [(2, "wishes")]),
        ('OLD = {"reflex_tries": "dagger_fraction"}', []),
        ('"""The entries of registries, and whose they are."""\nunit = exit', []),
    ],
)
def test_findings(source: str, expected: list[tuple[int, str]]) -> None:
    assert list(findings(source)) == expected


def test_the_source_is_in_plain_words() -> None:
    files = [
        path for package in (*PACKAGES, "tests", "benchmarks", "examples") for path in (ROOT / package).rglob("*.py")
    ]
    assert len(files) > 200
    names = {str(path.relative_to(ROOT)): path for path in files}
    found = [
        f"{name}:{line}: {word}" for name, path in sorted(names.items()) for line, word in findings(path.read_text())
    ]
    assert not found, "\n".join(["Say what it is in the field's words, and describe each argument:", *found])
