"""Work is done once, and whoever stops a study loses only what was being done."""

import operator
import os
from functools import partial
from pathlib import Path

import pytest

from studies import jobs
from studies.jobs import side_by_side


def test_what_was_done_before_a_failure_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    told: list[tuple[float, str]] = []
    with pytest.raises(IndexError):
        side_by_side(operator.getitem, [("abc", 0), ("abc", 2), ("abc", 9)], lambda *it: told.append(it), tmp_path)
    assert [words for _, words in told] == ["abc 0", "abc 2"]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    told.clear()
    found = side_by_side(operator.getitem, [("abc", 1), ("abc", 2), ("abc", 0)], lambda *it: told.append(it), tmp_path)
    assert found == {("abc", 0): "a", ("abc", 1): "b", ("abc", 2): "c"}
    assert told == [(pytest.approx(2 / 3), "2 kept from before"), (1.0, "abc 1")]
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(list(tmp_path.iterdir())) == 3


def test_other_work_other_arguments_and_other_code_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quiet(share: float, words: str) -> None:
        pass

    one = [("b", 2)]
    assert side_by_side(operator.mul, one, quiet, tmp_path) == {("b", 2): "bb"}
    assert side_by_side(partial(sorted, reverse=True), [], quiet, tmp_path) == {}
    assert len(list(tmp_path.iterdir())) == 1
    assert jobs._told(partial(sorted, reverse=True)) != jobs._told(partial(sorted, reverse=False))
    assert jobs._told(partial(sorted)) == jobs._told(sorted)
    monkeypatch.setattr(jobs, "fingerprint", lambda: "other code")
    assert side_by_side(operator.mul, one, quiet, tmp_path) == {("b", 2): "bb"}
    assert len(list(tmp_path.iterdir())) == 2


def test_the_fingerprint_is_that_of_code_and_shipped_minds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("worlds", "intrinsic", "agent", "studies"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("one = 1")
    monkeypatch.setattr(jobs.agent, "__file__", str(tmp_path / "agent" / "__init__.py"))
    seen = [jobs.fingerprint()]
    (tmp_path / "studies" / "notes.txt").write_text("no code")
    assert jobs.fingerprint() == seen[0]
    (tmp_path / "studies" / "code.py").write_text("one = 2")
    seen.append(jobs.fingerprint())
    (tmp_path / "agent" / "kitten.safetensors").write_bytes(b"grown")
    seen.append(jobs.fingerprint())
    assert len(set(seen)) == 3
