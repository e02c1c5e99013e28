"""Whether a world keeps the contract: what its author runs before others live in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from housecat.core.errors import UserError
from worlds.registry import make
from worlds.testing import checks


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: What had to hold.
        ok: Whether it does.
        found: What was seen, in words or numbers.
        seconds: That the check took.
    """

    check: str
    ok: bool
    found: str
    seconds: float

    def __str__(self) -> str:
        head, *rest = self.found.splitlines() or [""]
        lines = [f"{'ok' if self.ok else 'FAIL':5} {self.check:13} {head}", *(f"{'':20}{line}" for line in rest)]
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """What all checks of a world found."""

    world: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether the world keeps the contract."""
        return all(finding.ok for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Returns it as a plain mapping."""
        return {"world": self.world, "passed": self.passed, "checks": [asdict(finding) for finding in self.findings]}

    def __str__(self) -> str:
        failed = sum(not finding.ok for finding in self.findings)
        verdict = f"{self.world}: {failed} of {len(self.findings)} checks failed" if failed else f"{self.world}: fine"
        return "\n".join([*map(str, self.findings), verdict])


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
        seeds: Layouts to check.
        steps: Control steps of each life.
        only: Names of the checks to run; all when not given.
        **options: For making the world.

    Raises:
        UserError: If there is no such world, or it cannot be made; if there is nothing to check it with.
    """
    if steps < 4 or not seeds:
        raise UserError(f"steps={steps}, seeds={tuple(seeds)}; a check takes at least 4 steps and one seed")
    make(name, **options).close()  # what cannot be made cannot be checked: that is an error, and not a finding
    findings = []
    for title, run in CHECKS.items():
        if only and title not in only:
            continue
        started = time.perf_counter()
        try:
            ok, found = True, run(checks.WorldUnderTest(name, tuple(seeds), steps, options))
        except checks.CheckFailedError as fault:
            ok, found = False, str(fault)
        except Exception as error:  # whatever a stranger's world raises is what the check is for
            ok, found = False, f"{type(error).__name__}: {error}"
        findings.append(Finding(title, ok, found, round(time.perf_counter() - started, 3)))
    return Report(name, tuple(findings))
