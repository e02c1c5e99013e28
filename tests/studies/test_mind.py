"""The study of the whole mind puts its parts together."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imsave

import studies
from studies import mind


def test_parts_are_put_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def part(name: str) -> Callable[..., Any]:
        def run(seeds, out, progress, steps=7):
            ran.append(name)
            progress(0.5, "half")
            out.mkdir()
            imsave(out / "figure.png", [[0.0, 1.0]])
            unit = {"value": float(steps), "ci95": [0.0, 1.0], "unit": "steps", "better": "higher"}
            return {"study": name, "seeds": list(seeds), "metrics": {"a/b": unit}, "controls": {"none": {"a/b": unit}}}

        return run

    monkeypatch.setattr(studies, "load", part)
    shares: list[float] = []
    parts = ("one", "two")
    result = mind.run((0, 1), tmp_path, lambda share, words: shares.append(share), parts=parts)
    assert ran == ["one", "two"]
    assert set(result["metrics"]) == {"one: a/b", "two: a/b"}
    assert result["metrics"]["one: a/b"]["value"] == 7.0
    assert set(result["controls"]) == {"one: none", "two: none"}
    assert result["controls"]["two: none"]["a/b"]["unit"] == "steps"
    assert shares == [0.25, 0.75]
    assert json.loads((tmp_path / "result.json").read_text()) == result
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_every_part_is_a_study() -> None:
    assert set(mind.PARTS) <= set(studies.summaries())
