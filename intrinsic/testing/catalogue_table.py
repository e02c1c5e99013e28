"""The catalogue as a table for the documentation: what the code says of each objective, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intrinsic.registry import Description, class_of, describe
from intrinsic.testing.check import check

HEAD = ("objective", "what it does", "kind", "reads", "properties", "noisy TV", "µs to judge + learn")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: Name of the objective.
        summary: First line of its docstring.
        kind: Package of `intrinsic` that it is in, or where a plug-in is from.
        reads: The keys that it reads.
        properties: Words for what is true of it: ``hardwired``, ``anticipated``, ``episodic``, ``gradient``,
            ``habituates``.
        noisy_tv: See `intrinsic.testing.ObjectiveReport`; None where it does not apply, or was not measured.
        microseconds: Per transition, to judge and to learn; None when not measured.
    """

    name: str
    summary: str
    kind: str
    reads: tuple[str, ...]
    properties: str
    noisy_tv: float | None = None
    microseconds: tuple[float, float] | None = None

    def cells(self) -> list[str]:
        """Returns what stands in the columns, the measured ones last."""
        noise = "" if self.noisy_tv is None else f"{self.noisy_tv:.1f}".replace("-0.0", "0.0")
        cost = "" if self.microseconds is None else "{:.1f} + {:.1f}".format(*self.microseconds)
        reads = ", ".join(f"`{key}`" for key in self.reads)
        return [f"`{self.name}`", self.summary, self.kind, reads, self.properties, noise, cost]


def rows(which: tuple[str, ...] = ()) -> list[Row]:
    """Returns the rows without anything measured: all of housecat's own, or those named."""
    return [_row(entry) for entry in describe(*which) if which or entry.origin == "housecat"]


def measure(which: tuple[str, ...] = ()) -> list[Row]:
    """Returns the rows with what the check measured; takes a second or two for each."""
    measured = []
    for row in rows(which):
        report = check(row.name, budget_us=1e6)
        cost, update = report.cost_us, report.update_us
        microseconds = None if cost is None or update is None else (cost, update)
        measured.append(replace(row, noisy_tv=report.noisy_tv, microseconds=microseconds))
    return measured


def markdown_table(rows: list[Row]) -> str:
    """Returns the table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(entry: Description) -> Row:
    module = class_of(entry.name).__module__.split(".")
    kind = module[1] if module[0] == "intrinsic" and len(module) > 2 else entry.origin
    flags = {
        "hardwired": entry.hardwired,
        "anticipated": entry.anticipated,
        "episodic": entry.episodic,
        "gradient": entry.differentiable,
        "habituates": entry.habituates,
    }
    return Row(entry.name, entry.summary, kind, entry.reads, ", ".join(name for name, has in flags.items() if has))
