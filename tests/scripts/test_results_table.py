"""The table of results says what was measured, beside its controls, and how to measure it again."""

import json
from pathlib import Path

from scripts.results_table import NONE_YET, claims, markdown
from studies.common.plotting import subplots
from studies.common.results import save_result
from studies.common.stats import metric


def test_a_row_has_value_interval_controls_and_command(tmp_path: Path) -> None:
    metrics = {
        "body/rank": metric([1.0, 1.0], "rank", "higher"),
        "vicreg/body/looks": metric([2.0], "R2", "higher"),
        "body/spread": metric([], "spread", "lower", missing="nothing moved"),
    }
    controls = {"none": {"body/rank": metric([0.5, 0.5], "rank", "higher"), "body/looks": metrics["body/rank"]}}
    save_result("collapse", tmp_path, (0, 1), 30, metrics, controls, subplots()[0])
    found = claims(tmp_path)
    assert [claim.value for claim in found] == ["1 [1, 1]", "2", "not measured: nothing moved"]
    assert [claim.controls for claim in found] == [{"none": "0.5 [0.5, 0.5]"}, {"none": "1 [1, 1]"}, {}]
    row = markdown(found).splitlines()[2]
    assert row == (
        "| `body/rank`: rank (higher is better) | 1 [1, 1] | none 0.5 [0.5, 0.5] "
        "| `housecat study collapse --seeds 0 1 --steps 30` |"
    )
    assert json.loads((tmp_path / "result.json").read_text())["study"] == "collapse"


def test_without_results_it_says_so(tmp_path: Path) -> None:
    assert markdown(claims(tmp_path)) == NONE_YET
