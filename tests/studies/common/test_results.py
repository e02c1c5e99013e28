import json
import re
from pathlib import Path

from studies.common.plotting import plot_curves, plot_metrics, plot_values, subplots
from studies.common.results import save_result
from studies.common.stats import metric


def test_a_result_says_how_it_came_about_and_is_what_is_written(tmp_path: Path) -> None:
    metrics = {"a/b": metric([1.0, 2.0], "m", "higher"), "a/c": metric([], "m", "lower")}
    figure, [[bars, curves, values]] = subplots(1, 3)
    plot_metrics(bars, metrics, ["a/c"])
    plot_metrics(bars, {**metrics, "none": None}, horizontal=True, labelled=False)
    plot_curves(curves, [0, 1, 2], [[0, 1, 2], [1, 2, 3]], None, "seeds")
    plot_values(values, 0.0, [1.0, 2.0], "C0", "values")
    result = save_result("play", tmp_path / "new", (3, 4), 30, metrics, {"random": metrics}, figure, more=[1])
    assert result["command"] == "housecat study play --seeds 3 4 --steps 30"
    assert {"study": "play", "seeds": [3, 4], "steps": 30, "more": [1]}.items() <= result.items()
    assert result["controls"]["random"]["a/b"]["value"] == 1.5
    assert "95 %" in result["interval"]
    assert re.match(r"\d+\.\d+\.\d+", result["versions"]["housecat"])
    assert {"python", "torch", "scikit-learn"} <= set(result["versions"])
    assert json.loads((tmp_path / "new" / "result.json").read_text()) == result
    assert (tmp_path / "new" / "figure.png").stat().st_size > 5000


def test_a_study_whose_parts_have_steps_of_their_own_names_none(tmp_path: Path) -> None:
    figure, _ = subplots()
    assert save_result("sparse", tmp_path, (0,), None, {}, {}, figure)["command"] == "housecat study sparse --seeds 0"
