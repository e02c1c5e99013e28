"""What the README and the docs say is tried out: Python is run, commands are parsed, tables are compared."""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from housecat.cli import main as housecat

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[object]:
    found = []
    for page in PAGES:
        texts = [text for kind, text in FENCE.findall(page.read_text()) if kind == language]
        found += [pytest.param(text, id=f"{page.relative_to(ROOT)}-{i}") for i, text in enumerate(texts)]
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_in_the_docs_runs(code: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", blocks("console"))
def test_commands_in_the_docs_exist(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for name, command in housecat.COMMANDS.items():
        monkeypatch.setitem(housecat.COMMANDS, name, functools.wraps(command)(lambda *_, **__: 0))
    for line in text.splitlines():
        assert line.startswith("$ "), f"a console block has commands only: {line}"
        words = shlex.split(line.removeprefix("$ "))
        if Path(words[0]).name == "housecat":
            assert housecat.main(words[1:]) == 0, line
        elif words[0] == "make":
            assert words[1] in targets, line


def test_the_example_is_the_file() -> None:
    readme = (ROOT / "README.md").read_text()
    ((name, code),) = re.findall(r"<!-- example: (\S+) -->\n```python\n(.*?)```", readme, re.DOTALL)
    assert code == (ROOT / name).read_text()


def test_the_table_of_keys_is_the_windows() -> None:
    from viewer.keys import KEYS, MOUSE

    rows = [f"| {key.label} | {key.words} |" for key in KEYS] + [f"| {what} | {words} |" for what, words in MOUSE]
    assert "\n".join(rows) in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing
