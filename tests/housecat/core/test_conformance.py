"""What both conformance kits report."""

from __future__ import annotations

import json

from housecat.core.conformance import Finding, Report

GOOD = Finding("purity", "ok", "writes nothing", 0.5)
NOTE = Finding("noise", "note", "leaves it cold")
BAD = Finding("shape", "fail", "returned two numbers.\nReturn one")


def test_notes_do_not_fail_a_report() -> None:
    report = Report("mine", (GOOD, NOTE))
    assert report.ok
    assert report.failed == ()
    assert str(report).splitlines()[0] == "mine: keeps the contract"


def test_a_failure_is_counted_and_shown_with_its_remedy() -> None:
    report = Report("mine", (GOOD, BAD))
    assert not report.ok
    assert report.failed == (BAD,)
    assert report.verdict == "does not keep the contract yet: 1 of 2 checks failed"
    lines = str(report).splitlines()
    assert lines[1].startswith("✓ purity")
    assert lines[2].startswith("✗ shape")
    assert lines[3].startswith(" ")  # further lines of a message stand below its first
    assert lines[3].index("Return one") == lines[2].index("returned two")


def test_a_report_is_plain_values() -> None:
    found = json.loads(json.dumps(Report("mine", (GOOD, BAD)).to_json()))
    assert (found["subject"], found["ok"]) == ("mine", False)
    assert found["findings"][0] == {"check": "purity", "mark": "ok", "message": "writes nothing", "seconds": 0.5}
