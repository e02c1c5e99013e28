"""Minds and runs of the version before, in format 2: they load, go on as they would have, and replay.

`format_2` holds a mind whose policy acts, cut short (``reactive``), and a run with beliefs that plans its next step
while the body takes this one (``run``), written by housecat 0.1; ``expected.json`` has the steps that version took
next. Their weights were rounded to bfloat16, so that they compress.
"""

from __future__ import annotations

import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

import pytest

import agent
import worlds
from agent.checkpoint import checkpoint
from agent.moment import Moment
from agent.runs.recorded_run import RecordedRun
from agent.runs.run_dir import RunDir
from agent.runs.verify import replay

HERE = Path(__file__).parent / "format_2"
EXPECTED = json.loads((HERE / "expected.json").read_text())


def assert_lived_as_expected(life: list[Moment], expected: list[dict[str, Any]]) -> None:
    assert [moment.thought.mode for moment in life] == [step["mode"] for step in expected]
    for moment, step in zip(life, expected, strict=True):
        assert moment.action.tolist() == pytest.approx(step["action"], abs=1e-3)
        assert moment.costs == pytest.approx(step["costs"], abs=1e-3)
        assert moment.emotions == pytest.approx(step["emotions"], abs=1e-3)
        assert moment.surprise == pytest.approx(step["surprise"], rel=1e-3, abs=1e-3)


@pytest.fixture
def reactive(tmp_path: Path) -> Path:
    path = tmp_path / "reactive.safetensors"
    path.write_bytes(lzma.decompress((HERE / "reactive.safetensors.xz").read_bytes()))
    return path


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with tarfile.open(HERE / "run.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "run"


def test_a_mind_goes_on_as_it_would_have(reactive: Path) -> None:
    mind = agent.Mind.load(reactive)
    assert (mind.steps, mind.trainer.updates_done) == (60, 45)
    assert mind.symmetry is not None
    assert_lived_as_expected(list(agent.live(worlds.make("playroom", seed=5), mind, 4)), EXPECTED["reactive"])


def test_a_mind_that_is_saved_again_is_the_same(reactive: Path, tmp_path: Path) -> None:
    mind = agent.Mind.load(reactive)
    mind.save(tmp_path / "again")
    assert checkpoint.read(tmp_path / "again.safetensors")["config"] == mind.config.to_json()
    again = agent.Mind.load(tmp_path / "again")
    assert_lived_as_expected(list(agent.live(worlds.make("playroom", seed=5), again, 4)), EXPECTED["reactive"])


def test_a_run_resumes_with_the_decision_that_it_had_made(run: Path) -> None:
    resumed = RecordedRun.resume(run, 36)
    pending = resumed.mind.pending
    assert pending is not None
    assert len(pending.thought.hidden_objects) == 6
    assert pending.decision.predicted_cost is not None
    assert set(resumed.mind.optimizers) == {"dynamics", "encoder", "critic"}
    assert all(optimizer.state_dict()["state"] for optimizer in resumed.mind.optimizers.values())
    life = [moment for moment, _ in resumed.moments()]
    assert pending.action.tolist() == life[0].action.tolist()
    assert_lived_as_expected(life, EXPECTED["run"])
    assert RunDir(run).rows == 36


def test_a_run_replays(run: Path) -> None:
    assert [difference for _, difference in replay(RunDir(run))] == [""] * 32


def test_recorded_modes_have_the_names_of_today(run: Path) -> None:
    assert RunDir(run).arrays()["mode"].tolist() == ["warmup"] * 10 + ["plan"] * 22
