"""A recorded run as a Minari dataset."""

from __future__ import annotations

import sys
from pathlib import Path

import minari
import numpy as np
import pytest

from agent.runs.minari_export import export, rewards_of
from agent.runs.recorded_run import RecordedRun
from agent.runs.run_dir import RunConfig, RunDir, load_run
from housecat.core.errors import UserError


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    life = RecordedRun.start(RunConfig(steps=6, seed=2), "first.run")
    list(life.moments())
    return life.folder.path


def test_a_run_becomes_one_episode_that_minari_reads(run: Path) -> None:
    made = export(RunDir(run))
    lived = load_run(run)
    dataset = minari.load_dataset(made["id"])
    (episode,) = list(dataset)
    assert made["id"] == "housecat/playroom/first_run-v0"
    np.testing.assert_array_equal(episode.actions, lived["action"])
    for sense in ("body", "touch", "things", "vitals"):
        assert len(episode.observations[sense]) == 7
        np.testing.assert_array_equal(episode.observations[sense][1:], lived[f"obs.{sense}"])
    np.testing.assert_allclose(episode.rewards, rewards_of(lived))
    np.testing.assert_allclose(episode.infos["costs.effort"][1:], lived["costs.effort"], rtol=1e-6)
    assert episode.truncations.tolist() == [False] * 5 + [True]
    assert not episode.terminations.any()
    world = dataset.recover_environment()
    assert world.observation_space == dataset.observation_space
    world.reset(seed=2)
    assert world.observation_space.contains(world.step(episode.actions[0])[0])
    world.close()


def test_the_reward_is_minus_the_weighted_cost_and_a_muted_objective_counts_nothing() -> None:
    arrays = {
        "action": np.zeros((2, 5)),
        "weights.pain": np.array([1.0, 2.0]),
        "costs.pain": np.array([0.5, 0.25]),
        "weights.whim": np.array([1.0, 1.0]),
        "costs.whim": np.array([0.25, np.nan]),
    }
    np.testing.assert_allclose(rewards_of(arrays), [-0.75, -0.5])


def test_what_cannot_be_exported_is_refused(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(RunDir(run), "mine-v3")
    with pytest.raises(UserError, match="there is a dataset mine-v3 already"):
        export(RunDir(run), "mine-v3")
    with pytest.raises(UserError, match="ends in a version"):
        export(RunDir(run), "mine")
    with pytest.raises(UserError, match="no moments yet"):
        export(RunDir.create(RunConfig(), "empty"))
    monkeypatch.setitem(sys.modules, "minari", None)
    with pytest.raises(UserError, match="needs Minari and h5py: pip install"):
        export(RunDir(run), "other-v0")


def test_the_command_exports(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from housecat.cli import main as housecat

    assert housecat.main(["export", str(run), "--name", "exported-v0"]) == 0
    assert "minari.load_dataset('exported-v0')" in capsys.readouterr().out
    assert housecat.main(["export", "runs/nothing"]) == 2
