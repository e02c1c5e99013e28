"""The study of reflexes runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from studies import reflex


def test_the_study_runs_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reflex, "STEPS", 6)
    monkeypatch.setattr(reflex, "run_jobs", lambda work, jobs, *_: {job: work(*job) for job in jobs})
    monkeypatch.setattr(reflex, "PRACTICE_STEPS", 4)
    monkeypatch.setattr(reflex, "TIMED", 20)
    result = reflex.run((7,), tmp_path, lambda share, words: None, steps=12, tests=1)
    assert set(result) >= {"study", "seeds", "metrics", "controls", "versions"}
    assert result["controls"]["nothing"]["reach/reflex"]["value"] == 0.0
    assert 0.0 < result["metrics"]["cost/choose/reflex_over_planning"]["value"] < 1.0
    assert (tmp_path / "figure.png").stat().st_size > 10_000
