"""Losses that are not finite: skipped, counted, reported, and in the end no longer trained on."""

from pathlib import Path

import pytest
import torch

import agent
import worlds
from agent.runs.metrics import summarise
from agent.runs.recorded_run import ASTRAY, RecordedRun, begin
from agent.runs.run_dir import RunConfig
from agent.training.nan_guard import MAX_IN_A_ROW, SKIPPED, STOPPED
from tests.agent.conftest import SMALL
from worlds.env import World


def test_one_bad_batch_is_skipped_counted_and_reported(world: World, mind: agent.Mind) -> None:
    list(agent.live(world, mind, 30))
    sound = mind.memory.action.clone()
    mind.memory.action.fill_(torch.nan)
    weights = {k: v.clone() for k, v in mind.world_model.named_parameters()}
    (moment,) = agent.live(world, mind, 1)
    (skipped,) = [e for e in moment.events if e["event"] == SKIPPED]
    assert "things" in skipped["losses"]
    assert skipped["total"] == mind.trainer.nan_guard.total == 1
    assert all(torch.equal(v, weights[k]) for k, v in mind.world_model.named_parameters())
    mind.memory.action.copy_(sound)
    (moment,) = agent.live(world, mind, 1)
    assert not [e for e in moment.events if e["event"] == SKIPPED]
    assert mind.trainer.nan_guard.in_a_row == 0
    assert any(not torch.equal(v, weights[k]) for k, v in mind.world_model.named_parameters())


def test_learning_that_went_astray_stops_and_the_life_goes_on(world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.learning_rate": 1e9}))
    life = list(agent.live(world, mind, 60))
    (stop,) = [(m.step, e) for m in life for e in m.events if e["event"] == STOPPED]
    assert len(life) == 60
    assert "smaller learning_rate than 1e+09" in stop[1]["error"]
    assert sum(e["event"] == SKIPPED for m in life for e in m.events) == mind.trainer.nan_guard.total >= MAX_IN_A_ROW
    assert not any(m.losses for m in life[stop[0] + 1 :])
    assert all(torch.isfinite(p).all() for p in mind.parameters())


def test_a_recorded_life_keeps_the_mind_that_learns_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {
        "training.learning_rate": 1e9,
        "model.hidden_size": 8,
        "planner.samples": 6,
        "planner.elites": 2,
        "planner.horizon": 2,
        "training.batch_size": 6,
        "training.warmup_steps": 30,
    }
    recorded = RecordedRun.start(RunConfig(mind=None, steps=50, settings=settings), "astray")
    list(recorded.moments())
    kept = recorded.folder.path / f"{ASTRAY}.safetensors"
    assert summarise(recorded.folder)["events"][STOPPED] == 1
    again = agent.Mind.load(kept)
    assert again.trainer.nan_guard.stopped
    assert not begin(RunConfig(mind=str(kept)))[1].trainer.nan_guard.stopped, "a new life is a new try"


def test_what_was_skipped_is_saved_with_a_mind(world: World, mind: agent.Mind, tmp_path: Path) -> None:
    mind.trainer.nan_guard.record(["things"], "")
    mind.save(tmp_path / "mind")
    assert agent.Mind.load(tmp_path / "mind").trainer.nan_guard.state_dict() == {"total": 1, "in_a_row": 1}
    assert worlds.names()
