"""Housecat's plug-in for pytest: the fixture `check_objective`. It imports nothing until a test asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from intrinsic import Objective, ObjectiveReport


@pytest.fixture
def check_objective() -> Callable[..., ObjectiveReport]:
    """Checks an objective (a class, or ``my_drives.py:LovesRed``) and fails with what must be changed.

    Takes what `intrinsic.check` takes, and returns its report.
    """

    def act(objective: str | type[Objective], budget_us: float = 100.0) -> ObjectiveReport:
        from intrinsic import check

        report = check(objective, budget_us)
        if not report.ok:
            pytest.fail(str(report), pytrace=False)
        return report

    return act
