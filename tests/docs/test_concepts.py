"""The pages on the architecture name what there is: classes, methods, settings, and the boxes of the figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONCEPTS = ROOT / "docs" / "concepts"
PAGES = sorted(CONCEPTS.glob("*.md"))
SOURCES = "housecat", "worlds", "intrinsic", "agent", "viewer", "studies"
DEFINED = re.compile(r"^\s*(?:class|def) (\w+)|^\s*(\w+)(?:: [^=\n]+)? = |^\s+(\w+): \w|^\s+self\.(\w+)", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"([A-Za-z_][\w.]*)(\(.*\))?(=.*)?")
OTHERS = {"load", "predict", "step", "make"}  # of Stable-Baselines3 and Gymnasium
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@pytest.fixture(scope="module")
def defined() -> set[str]:
    """Names of all that the source defines: classes, functions, attributes, settings, modules."""
    files = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    found = {name for path in files for names in DEFINED.findall(path.read_text()) for name in names if name}
    return found | {part for path in files for part in path.relative_to(ROOT).with_suffix("").parts}


def named(page: Path) -> set[str]:
    """What stands in code font on a page and is a class, a call, or a name of several parts."""
    spoken = re.findall(r"`([^`\n]+)`", BLOCK.sub("", page.read_text()))
    matches = [match for text in spoken if (match := NAME.fullmatch(text)) and not text.endswith((".py", ".zip"))]
    return {m[1] for m in matches if "." in m[1] or m[2] or re.search(r"[A-Z].*[a-z]|[a-z]_[a-z]", m[1])}


@each_page
def test_a_page_is_short(page: Path) -> None:
    assert len(page.read_text().splitlines()) <= 150


@each_page
def test_a_page_names_what_exists(page: Path, defined: set[str]) -> None:
    assert not {name for name in named(page) if name.rpartition(".")[2] not in defined | OTHERS}


@each_page
def test_a_page_names_settings_that_exist(page: Path) -> None:
    from agent.config import settings

    known = settings()
    groups = {name.partition(".")[0] for name in known if "." in name}
    assert not {name for name in named(page) if name.partition(".")[0] in groups and name not in known}


def test_every_box_of_the_figure_leads_to_a_page_and_names_its_folder() -> None:
    figure = (CONCEPTS / "architecture.svg").read_text()
    links = set(re.findall(r'<a href="([^"]+)"', figure))
    assert {link for link in links if "/" not in link} == {page.name for page in PAGES if page.stem != "index"}
    assert all((CONCEPTS / link).is_file() for link in links)
    folders = [name for text in re.findall(r'class="f"[^>]*>([^<]+)<', figure) for name in text.split(", ")]
    places = ROOT, ROOT / "agent", ROOT / "agent" / "actor"
    assert folders
    assert not [name for name in folders if not any((place / name).exists() for place in places)]
