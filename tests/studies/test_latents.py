"""Studies of what is in latents, and of things out of view, run from end to end."""

from pathlib import Path
from typing import Any

import pytest

from studies import collapse, eye, object_permanence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "metric"), [(collapse, "vicreg/body/feel"), (eye, "eye/gaze"), (object_permanence, "all_1")]
)
def test_a_study_of_latents_runs_from_end_to_end(
    study: Any, metric: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_turn(work: Any, jobs: Any, *_: Any) -> dict[Any, Any]:
        return {job: work(*job) for job in jobs}

    monkeypatch.setattr(study, "run_jobs", in_turn)
    monkeypatch.setattr(study, "UPDATES", 2, raising=False)
    result = study.run((31,), tmp_path, lambda share, words: None, steps=130)
    assert 0.0 <= result["metrics"][metric]["value"] <= 1.0
    assert all(group for group in result["controls"].values())
    assert (tmp_path / "figure.png").stat().st_size > 5000
