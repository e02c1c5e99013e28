"""The table of results says what was measured, beside its controls, and how to measure it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.results_table import NONE_YET, Claim, claims, fill_readme, highlights, short_table, tables_by_study
from studies.common.plotting import subplots
from studies.common.results import save_result
from studies.common.stats import metric


@pytest.fixture
def measured(tmp_path: Path) -> list[Claim]:
    metrics = {
        "body/rank": metric([1.0, 1.0], "rank", "higher"),
        "vicreg/body/looks": metric([2.0], "R2", "higher"),
        "body/spread": metric([], "spread", "lower", missing="nothing moved"),
    }
    controls = {"none": {"body/rank": metric([0.5, 0.5], "rank", "higher"), "body/looks": metrics["body/rank"]}}
    result = save_result("play", tmp_path / "out", (0, 1), 30, metrics, controls, subplots()[0])
    (tmp_path / "play.json").write_text((tmp_path / "out" / "result.json").read_text())
    (tmp_path / "other.json").write_text(json.dumps({**result, "study": "other"}))
    return claims(tmp_path)


def test_a_claim_has_value_interval_and_controls(measured: list[Claim]) -> None:
    assert [claim.study for claim in measured] == ["other"] * 3 + ["play"] * 3  # by the names of files
    assert [claim.value for claim in measured[3:]] == ["1 [1, 1]", "2", "not measured: nothing moved"]
    assert [claim.controls for claim in measured[3:]] == [{"none": "0.5 [0.5, 0.5]"}, {"none": "1 [1, 1]"}, {}]


def test_the_readme_shows_the_first_metric_of_a_study_with_its_command(measured: list[Claim]) -> None:
    assert [(claim.study, claim.metric) for claim in highlights(measured)] == [("play", "body/rank")]
    page = "a\n<!-- results -->\nold\n<!-- end of results -->\nb\n"
    filled = fill_readme(page, measured)
    row = filled.splitlines()[4]
    assert row == (
        "| `body/rank`: rank (higher is better) | 1 [1, 1] | none 0.5 [0.5, 0.5] "
        "| `housecat study play --seeds 0 1 --steps 30` |"
    )
    assert filled.startswith("a\n<!-- results -->\n| what")
    assert filled.endswith("|\n<!-- end of results -->\nb\n")
    assert fill_readme(filled, measured) == filled


def test_each_study_has_a_section(measured: list[Claim]) -> None:
    text = tables_by_study(measured, {"play": "It plays."})
    assert text.index("## other") < text.index("## play")
    assert "It plays. `housecat study play --seeds 0 1 --steps 30`; in brackets: Student's t" in text
    assert text.count("| `body/rank`") == 2
    assert "Measured with " in text


def test_without_results_it_says_so(tmp_path: Path) -> None:
    assert claims(tmp_path) == []
    assert short_table([]) == tables_by_study([], {}) == NONE_YET
