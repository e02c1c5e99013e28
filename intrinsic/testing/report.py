"""What a check found, as an object, as text and as a picture in a terminal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Mark = Literal["ok", "note", "fail"]
SIGNS: dict[Mark, tuple[str, str]] = {"ok": ("✓", "green"), "note": ("·", "yellow"), "fail": ("✗", "bold red")}


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: Which.
        mark: ``ok``, ``note`` (worth knowing) or ``fail``.
        words: What was found; where it failed, what to change.
    """

    check: str
    mark: Mark
    words: str


@dataclass(frozen=True)
class Report:
    """What all checks of one objective found.

    Attributes:
        objective: What was checked.
        findings: In the order of the checks.
        cost_us: Microseconds per transition of `cost`, in a batch of 128 x 8; None when it was not measured.
        update_us: Microseconds per transition of `observe` and one pass of training on `loss`.
        noisy_tv: How attractive noise is beside the new: 0 not at all, 1 as much; None where it does not apply.
        kinds: How many kinds of action and observation it works with, and how many it declares.
    """

    objective: str
    findings: tuple[Finding, ...]
    cost_us: float | None = None
    update_us: float | None = None
    noisy_tv: float | None = None
    kinds: tuple[int, int] = (0, 0)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(finding.mark != "fail" for finding in self.findings)

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What failed."""
        return tuple(finding for finding in self.findings if finding.mark == "fail")

    def to_json(self) -> dict[str, Any]:
        """Returns everything as plain values."""
        return {**asdict(self), "kinds": list(self.kinds), "ok": self.ok}

    def __str__(self) -> str:
        lines = [f"{SIGNS[f.mark][0]} {f.check:16} {f.words}" for f in self.findings]
        return "\n".join([f"{self.objective}: {self.verdict}", *lines])

    @property
    def verdict(self) -> str:
        """One sentence on the whole."""
        if self.ok:
            return "keeps the contract"
        count = len(self.failed)
        return f"does not keep the contract yet: {count} {'thing' if count == 1 else 'things'} to change"

    def __rich__(self) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        table.add_column()
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for finding in self.findings:
            sign, style = SIGNS[finding.mark]
            table.add_row(Text(sign, style), Text(finding.check, "bold"), Text(finding.words, _shade(finding.mark)))
        style = "bold green" if self.ok else "bold red"
        return Group(Text(f"{self.objective}: {self.verdict}", style), Text(), table)


def _shade(mark: Mark) -> str:
    return "red" if mark == "fail" else ""
