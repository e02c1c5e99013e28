"""README and documentation are followed step by step; the names and links in them lead somewhere."""

from __future__ import annotations

import functools
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import studies
from housecat.cli import main as housecat
from scripts.results_table import HIGHLIGHTS, claims, fill_readme

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(?:^<!-- file: (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"`((?:agent|housecat|intrinsic|scripts|studies|viewer|worlds)(?:\.\w+)+)(?:\([^`]*\))?`")
LINKED = [*sorted(ROOT.glob("*.md")), *PAGES[1:]]
FILES = (".py", ".toml", ".json", ".md", ".safetensors")  # what ends so is no name in Python
PARSED = {("study",), ("objectives", "table")}  # these take minutes to hours, so that only their options are read
ENTRY_POINTS = {"housecat.objectives", "housecat.windows", "housecat.worlds"}
ELSEWHERE = {"source", "python3.11", "pip", "my-env/bin/pip", "my-env/bin/housecat", "git", "tensorboard", "python"}


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def steps(page: Path) -> list[tuple[str, str, str]]:
    """Returns the blocks of a page: the file that one is to be kept in, its language, and its text."""
    return [found.groups(default="") for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]  # type: ignore[misc]


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which somebody without a display follows a page."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # as for whoever runs `python` there
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def shortened(words: list[str]) -> list[str]:
    """Returns a command that does the same with a life of seconds."""
    for i, word in enumerate(words[:-1]):
        if word == "--steps":
            words[i + 1] = str(max(2, int(words[i + 1]) // 1000))
    if words[:1] == ["watch"] and "--help" not in words:
        return [*words, "--seconds", "0.4"]
    if words[:1] == ["run"] and "--steps" not in words:
        return [*words, "--steps", "5"]
    if words[:2] == ["worlds", "check"]:
        return [*words, "--seeds", "0", "--steps", "20"]
    return words


def command(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line)
    program, given = Path(words[0]).name, words[1:]
    if program == "housecat":
        with monkeypatch.context() as patched:
            if tuple(given[:1]) in PARSED or tuple(given[:2]) in PARSED:
                done = housecat.COMMANDS[given[0]]
                patched.setitem(housecat.COMMANDS, given[0], functools.wraps(done)(lambda *_, **__: 0))
            status = housecat.main(shortened(given))
        assert status == 0 or given[:1] == ["doctor"], line
    elif program == "make":
        assert given[0] in re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE), line
    elif program == "pytest":
        plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *given]
        done = subprocess.run(plain, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    else:
        assert words[0] in ELSEWHERE, f"{line}: teach this test what to do with {program}"


@pytest.mark.parametrize("page", [page for page in PAGES if steps(page)], ids=page_id)
def test_what_a_page_says_works(page: Path, reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file, language, text in steps(page):
        if file:
            (reader / file).parent.mkdir(parents=True, exist_ok=True)
            (reader / file).write_text(text)
        elif language == "python":
            exec(compile(text, f"{page.name}: {text[:40]!r}", "exec"), {"__name__": "__main__"})
        elif language in ("console", "bash"):
            for line in text.splitlines():
                assert line.startswith("$ "), f"a console block has commands only: {line}"
                command(line.removeprefix("$ "), monkeypatch)


def test_examples_in_pages_are_the_files() -> None:
    shown = [(file, text) for page in PAGES for file, _, text in steps(page) if file.startswith("examples/")]
    assert shown
    for file, text in shown:
        assert text == (ROOT / file).read_text(), file


@pytest.mark.parametrize("page", LINKED, ids=page_id)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", [page for page in LINKED if page.name != "CHANGELOG.md"], ids=page_id)
def test_names_in_pages_exist(page: Path) -> None:
    names = {name for name in NAME.findall(page.read_text(encoding="utf-8")) if not name.endswith(FILES)}
    missing = []
    for name in sorted(names - ENTRY_POINTS):
        try:
            pkgutil.resolve_name(name)
        except (ImportError, AttributeError):
            missing.append(name)
    assert not missing


def test_the_table_of_results_in_the_readme_is_that_of_the_files() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert fill_readme(readme, claims()) == readme, "run: python -m scripts.results_table"
    assert set(HIGHLIGHTS) <= set(studies.summaries())
    assert len(HIGHLIGHTS) <= 8
