"""The plug-in for pytest: a good objective passes, a bad one fails with the remedy and without a traceback."""

from __future__ import annotations

import pytest

pytest_plugins = ("pytester",)

FILE = """
from intrinsic import Objective

class Good(Objective):
    reads = {"action"}
    def cost(self, view, memory=None):
        return view["action"].sum(-1)

class Doubles(Good):
    def cost(self, view, memory=None):
        return view["action"].sum(-1).double()

def test_good(check_objective):
    assert check_objective(Good).ok

def test_bad(check_objective):
    check_objective(Doubles)
"""


def test_the_fixture_fails_with_what_must_be_changed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FILE)
    result = pytester.runpytest_inprocess("-p", "housecat_pytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Doubles: does not keep the contract yet*", "*returned float64*Return float32*"])
    result.stdout.no_fnmatch_line("*Traceback*")
