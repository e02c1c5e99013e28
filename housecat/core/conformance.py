"""What a conformance kit found: whether a plug-in, such as an objective or a world, keeps its contract."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Mark = Literal["ok", "note", "fail"]
SIGNS: Final[dict[Mark, str]] = {"ok": "✓", "note": "·", "fail": "✗"}
INDENT: Final = 19  # characters before a message


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        check: Name of the check.
        mark: ``ok``, ``note`` (worth knowing) or ``fail``.
        message: What was seen; where the check failed, also what to change.
        seconds: Time that the check took; None when it was not measured.
    """

    check: str
    mark: Mark
    message: str
    seconds: float | None = None

    def __str__(self) -> str:
        head, *rest = self.message.splitlines() or [""]
        return "\n".join([f"{SIGNS[self.mark]} {self.check:16} {head}", *(f"{'':{INDENT}}{line}" for line in rest)])


@dataclass(frozen=True)
class Report:
    """The results of all checks of one plug-in.

    Attributes:
        subject: Name of what was checked.
        findings: In the order of the checks.
    """

    subject: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether no check failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The findings of checks that failed."""
        return tuple(finding for finding in self.findings if finding.mark == "fail")

    @property
    def verdict(self) -> str:
        """A sentence on the whole."""
        if self.ok:
            return "keeps the contract"
        return f"does not keep the contract yet: {len(self.failed)} of {len(self.findings)} checks failed"

    def to_json(self) -> dict[str, Any]:
        """Returns everything as plain values, the fields by name and ``ok``."""
        return {**asdict(self), "ok": self.ok}

    def __str__(self) -> str:
        return "\n".join([f"{self.subject}: {self.verdict}", *map(str, self.findings)])
