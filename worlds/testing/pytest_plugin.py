"""A pytest plugin for authors of worlds: each check of the contract is a test.

`pytest -p worlds.testing.pytest_plugin --world my_worlds.py:Attic`, or in pytest.ini or pyproject.toml:

    addopts = ["-p", "worlds.testing.pytest_plugin"]
    housecat_worlds = ["my_worlds.py:Attic"]
"""

from __future__ import annotations

from typing import Any

import pytest

from housecat.core.errors import UserError
from worlds.testing.contract import CHECKS, check


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option ``--world`` and the ini setting ``housecat_worlds``."""
    words = "world to check: a registered name, or file.py:Class; may be given again"
    parser.addoption("--world", action="append", default=[], metavar="NAME|FILE.py:CLASS", help=words)
    parser.addini("housecat_worlds", words, type="linelist", default=[])


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Adds a test for every check of every world asked for."""
    for world in dict.fromkeys([*config.getini("housecat_worlds"), *config.getoption("--world")]):
        for title in CHECKS:
            items.append(WorldCheck.from_parent(session, name=f"{world}[{title}]", world=world, title=title))


class WorldCheck(pytest.Item):
    """One check of one world."""

    def __init__(self, *, world: str, title: str, **options: Any) -> None:
        super().__init__(**options)
        self.world, self.title = world, title

    def runtest(self) -> None:
        """Runs the check."""
        (finding,) = check(self.world, only=(self.title,)).findings
        if finding.mark == "fail":
            raise UserError(finding.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Returns the finding, without the traceback of housecat's own code."""
        if isinstance(excinfo.value, UserError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[str, None, str]:
        """Returns the world and the name of the test."""
        return self.world, None, self.name
