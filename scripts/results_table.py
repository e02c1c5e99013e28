"""Turns the results of studies into tables, and writes the one of the README: python -m scripts.results_table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of results -->)", re.DOTALL)
NONE_YET = "No study has been run with this version yet.\n"

# The README shows the first metric of each of these studies, in this order, where it was measured.
HIGHLIGHTS = ("play", "foresight", "fear", "stove", "fork", "attention", "reflex", "sparse")


@dataclass(frozen=True)
class Claim:
    """One metric of a study beside the same metric of its controls.

    Attributes:
        study: Name of the study.
        metric: Name of the metric, such as ``play/share``.
        unit: What is counted, in words.
        better: ``"higher"`` or ``"lower"``.
        value: What was measured, with its interval.
        controls: The same of each control that has the metric, by name.
        command: The command that measures it again.
        interval: What kind of interval it is, in words.
        versions: The versions of what it depends on, by name.
    """

    study: str
    metric: str
    unit: str
    better: str
    value: str
    controls: Mapping[str, str]
    command: str
    interval: str
    versions: Mapping[str, str]

    def cells(self) -> list[str]:
        """Returns what stands in the columns of a table."""
        beside = ", ".join(f"{name} {value}" for name, value in self.controls.items())
        return [f"`{self.metric}`: {self.unit} ({self.better} is better)", self.value, beside]


def claims(folder: Path = RESULTS) -> list[Claim]:
    """Reads the claims of all ``*.json`` files in a folder, in order of the files' names."""
    return [claim for path in sorted(folder.glob("*.json")) for claim in _claims(json.loads(path.read_text("utf-8")))]


def _claims(result: Mapping[str, Any]) -> Iterable[Claim]:
    controls: Mapping[str, Mapping[str, Any]] = result["controls"]
    for name, metric in result["metrics"].items():
        # Of a variant, such as vicreg/body/rank, the controls have body/rank.
        measured = {control: group.get(name, group.get(name.partition("/")[2])) for control, group in controls.items()}
        yield Claim(
            study=result["study"],
            metric=name,
            unit=metric["unit"],
            better=metric["better"],
            value=_with_interval(metric),
            controls={control: _with_interval(found) for control, found in measured.items() if found is not None},
            command=result["command"],
            interval=result["interval"],
            versions=result["versions"],
        )


def _with_interval(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return f"not measured: {metric['reason']}"
    interval = "" if metric["ci95"] is None else " [{:.3g}, {:.3g}]".format(*metric["ci95"])
    return f"{metric['value']:.3g}{interval}"


def highlights(given: Iterable[Claim]) -> list[Claim]:
    """Returns the claims that the README shows: the first of each study in `HIGHLIGHTS`."""
    first: dict[str, Claim] = {}
    for claim in given:
        first.setdefault(claim.study, claim)
    return [first[study] for study in HIGHLIGHTS if study in first]


def short_table(given: Iterable[Claim]) -> str:
    """Returns one table of claims with their commands, or a sentence where there are none."""
    rows = [[*claim.cells(), f"`{claim.command}`"] for claim in given]
    return _table(["what", "measured", "controls", "command"], rows) if rows else NONE_YET


def tables_by_study(given: Iterable[Claim], summaries: Mapping[str, str]) -> str:
    """Returns a section with a table for each study, or a sentence where there are none.

    Args:
        given: The claims.
        summaries: What each study is about, by name.
    """
    by_study: dict[str, list[Claim]] = {}
    for claim in given:
        by_study.setdefault(claim.study, []).append(claim)
    sections = []
    for study, found in by_study.items():
        command, interval, versions = found[0].command, found[0].interval, found[0].versions
        said = f"{summaries.get(study, '')} `{command}`; in brackets: {interval}."
        depends = ", ".join(f"{name} {version}" for name, version in versions.items())
        table = _table(["what", "measured", "controls"], [claim.cells() for claim in found])
        sections.append(f"## {study}\n\n{said}\n\n{table}\nMeasured with {depends}.\n")
    return "\n".join(sections) or NONE_YET


def _table(head: list[str], rows: list[list[str]]) -> str:
    escaped = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *escaped])


def fill_readme(text: str, given: Iterable[Claim]) -> str:
    """Returns a README whose table between the marks is made anew."""
    return BLOCK.sub(lambda _: short_table(highlights(given)), text)


if __name__ == "__main__":
    README.write_text(fill_readme(README.read_text(encoding="utf-8"), claims()), encoding="utf-8")
