"""Turns the results that studies wrote into tables for the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
NONE_YET = "No study has been run with this version yet.\n"


@dataclass(frozen=True)
class Claim:
    """One metric of a study beside the same metric of its controls.

    Attributes:
        study: Name of the study.
        metric: Name of the metric, such as ``play/share``.
        unit: What is counted, in words.
        better: ``"higher"`` or ``"lower"``.
        value: What was measured, with its interval.
        controls: The same of each control that has it, by name.
        seeds: Number of seeds.
        command: What measures it again.
    """

    study: str
    metric: str
    unit: str
    better: str
    value: str
    controls: Mapping[str, str]
    seeds: int
    command: str

    def cells(self) -> list[str]:
        """Returns what stands in the columns of the table."""
        beside = ", ".join(f"{name} {value}" for name, value in self.controls.items())
        return [f"`{self.metric}`: {self.unit} ({self.better} is better)", self.value, beside, f"`{self.command}`"]


def claims(folder: Path = RESULTS) -> list[Claim]:
    """Reads the claims of all ``*.json`` files in a folder, in order of their names."""
    return [claim for path in sorted(folder.glob("*.json")) for claim in _claims(json.loads(path.read_text()))]


def _claims(result: Mapping[str, Any]) -> Iterable[Claim]:
    controls: Mapping[str, Mapping[str, Any]] = result.get("controls", {})
    for name, metric in result["metrics"].items():
        # Of a variant, such as vicreg/body/rank, the controls have body/rank.
        measure = {control: it.get(name, it.get(name.partition("/")[2])) for control, it in controls.items()}
        beside = {control: _said(found) for control, found in measure.items() if found is not None}
        command = result.get("command", f"housecat study {result['study']}")
        words = metric["unit"], metric["better"]
        yield Claim(result["study"], name, *words, _said(metric), beside, len(result["seeds"]), command)


def _said(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return f"not measured: {metric['reason']}"
    interval = "" if metric["ci95"] is None else " [{:.3g}, {:.3g}]".format(*metric["ci95"])
    return f"{metric['value']:.3g}{interval}"


def markdown(given: Iterable[Claim]) -> str:
    """Returns the table in Markdown, or a sentence where there is nothing."""
    rows = [claim.cells() for claim in given]
    lines = [["what", "measured [interval]", "controls", "command"], ["---"] * 4, *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) if rows else NONE_YET
