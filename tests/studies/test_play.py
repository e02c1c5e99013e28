from pathlib import Path

import numpy as np
import pytest

from studies import play
from studies.common.play_trace import PlayTrace


def still(steps: int = 5000) -> PlayTrace:
    return PlayTrace(
        toys=np.zeros((steps + 1, 2, 2), np.float32),
        touching=np.zeros(steps, bool),
        on_plate=np.zeros(steps, bool),
        names=("red ball", "blue ball"),
        touched={},
    )


def test_a_toy_that_goes_a_metre_has_moved_and_visits_the_cells_on_its_way() -> None:
    trace = still()
    assert (play.toys_moved(trace), trace.cells_visited()) == (0, 2)
    trace.toys[100:, 0, 0] = np.linspace(0.01, 1.0, 4901)
    assert play.toys_moved(trace) == 1
    assert trace.cells_visited() == 2 + 3  # 1 m crosses three borders of 0.33 m cells


def test_play_counts_in_its_window_and_the_plate_from_there_on() -> None:
    trace = still()
    trace.touching[:2000] = True
    trace.touching[2500:3000] = True
    trace.on_plate[:2000] = True
    trace.on_plate[4700:] = True
    assert play.share_touching(trace) == pytest.approx(0.5)
    assert play.share_on_plate(trace) == pytest.approx(0.1)


def test_a_ratio_to_a_control_that_did_nothing_is_not_measured() -> None:
    trace = still()
    trace.touching[2500:3000] = True
    found = play._ratio(play.share_touching, [trace, trace], [still()], "random", "higher")
    assert found["value"] is None
    assert found["reason"] == "the mean of random is zero"
    assert play._ratio(play.share_touching, [trace, trace], [trace], "mind", "higher")["value"] == 1.0


def test_random_lives_are_reproducible() -> None:
    a, b = (play.record_trace("random", 5, 40) for _ in range(2))
    assert np.array_equal(a.toys, b.toys)
    assert len(a.touching) == 40


def test_the_study_runs_and_draws(tmp_path: Path) -> None:
    shares = []
    result = play.run((0, 1), tmp_path, lambda share, words: shares.append(share), steps=30)
    assert set(result) >= {"study", "seeds", "metrics", "controls", "versions"}
    assert set(result["controls"]) == {"random", "fearless"}
    assert shares[-1] == 1.0
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "jobs").iterdir()}
    assert len(kept) == 6
    again = play.run((0, 1), tmp_path, lambda share, words: None, steps=30)
    assert again["metrics"] == result["metrics"]
    assert kept == {path: path.stat().st_mtime_ns for path in (tmp_path / "jobs").iterdir()}  # nothing lived twice
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    for one in result["metrics"].values():
        if one["value"] is None:
            assert "zero" in one["reason"]
        else:
            assert one["ci95"][0] <= one["value"] <= one["ci95"][1] or np.isclose(*one["ci95"])
        assert one["better"] in ("higher", "lower")
