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
        name: What to call it by.
        summary: First line of its docstring.
        kind: Package that it is in.
        reads: Keys that it reads.
        properties: Words for what is true of it: ``hardwired``, ``anticipated``, ``episodic``, ``gradient``,
            ``habituates``.
        noisy_tv: See `intrinsic.testing.Report`; None where it does not apply, or was not measured.
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
    return [_row(it) for it in describe(*which) if which or it.origin == "housecat"]


def measure(which: tuple[str, ...] = ()) -> list[Row]:
    """Returns the rows with what the check measured; takes a second or two for each."""
    measured = []
    for row in rows(which):
        found = check(row.name, budget_us=1e6)
        cost = None if found.cost_us is None or found.update_us is None else (found.cost_us, found.update_us)
        measured.append(replace(row, noisy_tv=found.noisy_tv, microseconds=cost))
    return measured


def table_of(given: list[Row]) -> str:
    """Returns the table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in given)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(it: Description) -> Row:
    module = class_of(it.name).__module__.split(".")
    kind = module[1] if module[0] == "intrinsic" and len(module) > 2 else it.origin
    flags = {
        "hardwired": it.hardwired,
        "anticipated": it.anticipated,
        "episodic": it.episodic,
        "gradient": it.differentiable,
        "habituates": it.habituates,
    }
    return Row(it.name, it.summary, kind, it.reads, ", ".join(name for name, has in flags.items() if has))
