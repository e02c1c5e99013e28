"""Calls are timed by turns, and ratios of versions have intervals that hold whatever times are distributed like."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Benchmarks are scripts, which import each other from their folder."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    yield
    for name in ("timing", "compare_versions"):
        sys.modules.pop(name, None)


def module(name: str) -> Any:
    return importlib.import_module(name)


def test_calls_take_turns_and_the_first_does_not_count() -> None:
    calls, now = list[str](), [0.0]

    def call(name: str, seconds: list[float]) -> None:
        calls.append(name)
        now[0] += seconds.pop(0)

    slow, quick = [9.0, 0.2, 0.3, 0.4], [9.0, 0.001, 0.002, 0.003]
    works = {"slow": lambda: call("slow", slow), "quick": lambda: call("quick", quick)}
    found = module("timing").by_turns(works, 3, lambda: now[0])
    assert calls == ["slow", "quick"] * 4
    assert found == pytest.approx({"slow": 300.0, "quick": 2.0})


def test_what_was_measured_is_kept_with_what_it_depends_on(tmp_path: Path) -> None:
    module("timing").save({"ms": 1.5}, tmp_path / "a.json")
    found = json.loads((tmp_path / "a.json").read_text())
    assert found["ms"] == 1.5
    assert "torch" in found["versions"]
    assert found["machine"]["cores"] >= 1


@pytest.mark.parametrize("count", [6, 10, 40])
def test_the_interval_of_a_median_covers_it(count: int) -> None:
    interval, rng = module("compare_versions").median_interval, np.random.default_rng(0)
    draws = [interval(list(rng.exponential(size=count))) for _ in range(2000)]
    assert 0.945 <= np.mean([low <= np.log(2) <= high for low, high in draws]) <= 0.995


def test_too_few_values_have_no_interval() -> None:
    assert module("compare_versions").median_interval([1.0, 2.0, 3.0]) is None


@pytest.mark.parametrize(
    ("ratio", "interval", "word"),
    [(1.0, (0.9, 1.1), ""), (0.97, (0.9, 1.01), "unclear"), (0.97, None, "unclear"), (0.9, (0.88, 0.92), "slower")],
)
def test_slower_is_what_is_surely_below_the_bar(ratio: float, interval: tuple[float, float] | None, word: str) -> None:
    assert module("compare_versions").verdict(ratio, interval) == word


@pytest.mark.slow
def test_a_version_acts_like_itself(tmp_path: Path) -> None:
    script = str(ROOT / "benchmarks" / "compare_versions.py")
    out = tmp_path / "compared.json"
    done = subprocess.run(
        [sys.executable, script, str(ROOT), str(ROOT), "--turns", "6", "--steps", "1", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(out.read_text())
    assert found["same_actions"] == {"newborn": True, "kitten": True}
    assert all(part["ci95"][0] <= part["ratio"] <= part["ci95"][1] for part in found["parts"].values())
