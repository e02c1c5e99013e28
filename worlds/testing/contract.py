"""Checks that a world keeps the contract of all worlds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from housecat.core.conformance import Finding, Mark, Report
from housecat.core.errors import ContractViolation, UserError
from worlds.registry import make
from worlds.testing import checks

CHECKS: dict[str, Callable[[checks.WorldUnderTest], str]] = {
    "gymnasium": checks.check_gymnasium,
    "seeds": checks.check_seeds,
    "determinism": checks.check_determinism,
    "snapshot": checks.check_snapshots,
    "truth": checks.check_truth,
    "bad actions": checks.check_bad_actions,
    "drawing": checks.check_drawing,
    "time": checks.check_step_time,
}


def check(
    name: str, seeds: Sequence[int] = (0, 1), steps: int = 100, only: Sequence[str] = (), **options: Any
) -> Report:
    """Checks a world.

    Args:
        name: A registered world or ``file.py:Class``.
        seeds: Seeds of the layouts to check.
        steps: Control steps of each episode.
        only: Names of the checks to run; all when not given.
        **options: Options of the world.

    Raises:
        UserError: If there is no such world, it cannot be made, or there are too few steps or seeds.
    """
    if steps < 4 or not seeds:
        raise UserError(f"steps={steps}, seeds={tuple(seeds)}; a check takes at least 4 steps and one seed")
    make(name, **options).close()  # a world that cannot be made is an error, not a finding
    findings = []
    for title, run in CHECKS.items():
        if only and title not in only:
            continue
        started = time.perf_counter()
        mark: Mark
        try:
            mark, message = "ok", run(checks.WorldUnderTest(name, tuple(seeds), steps, options))
        except ContractViolation as violation:
            mark, message = "fail", str(violation)
        except Exception as error:  # whatever a user's world raises is a finding
            mark, message = "fail", f"{type(error).__name__}: {error}"
        findings.append(Finding(title, mark, message, round(time.perf_counter() - started, 3)))
    return Report(name, tuple(findings))
