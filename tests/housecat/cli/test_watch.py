"""The command `housecat watch`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import viewer
from agent.runs.recorded_run import resume_from_checkpoint
from agent.runs.run_dir import RunDir
from housecat.cli import watch as module


def test_watch_without_a_display_makes_a_clip(call: Any) -> None:
    status, found, err = call("watch", "--newborn", "--seconds", "1")
    assert status == 0
    assert "no display" in err
    assert Path(found["clip"]).stat().st_size > 1000
    assert Path(found["summary"]).is_file()


def test_a_watched_life_is_kept_and_gone_on_with(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "has_display", lambda: True)
        status, found, _ = call("watch", "--newborn", "--seconds", "1", "--body", "octopus")
    assert (status, found["agent"], found["error"]) == (0, "a newborn octopus", "")
    assert found["kept"] == "runs/playroom-newborn-001"
    assert found["steps"] >= 5
    folder = RunDir(found["kept"])
    ((lived, _),) = folder.checkpoints()
    assert lived >= found["steps"]  # one step more may have been lived than was shown
    _, mind = resume_from_checkpoint(folder.path)
    assert mind.steps == lived
    assert folder.config.world_options == {"body": "octopus"}
    status, clip, _ = call("watch", "--resume", found["kept"], "--seconds", "0.4")
    assert status == 0
    assert Path(clip["clip"]).is_file()
    status, numbers, _ = call("run", "--resume", found["kept"], "--steps", str(lived + 2))
    assert (status, numbers["interrupted"]) == (0, False)
    assert folder.checkpoints()[-1][0] == lived + 2
    status, _, err = call("replay", found["kept"])
    assert status == 2
    assert f"was watched for its first {lived} steps" in err


def test_resume_takes_no_other_life(call: Any) -> None:
    status, _, err = call("watch", "--resume", "runs/first", "--newborn")
    assert status == 2
    assert "--resume goes on with a life as it is" in err


def test_an_interrupted_clip_is_named(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def record_video(make: Any, path: Path, *arguments: Any, **options: Any) -> int:
        path.write_bytes(b"begun")
        raise KeyboardInterrupt

    monkeypatch.setattr(viewer, "record_video", record_video)
    status, _, err = call("watch", "--newborn", "--seconds", "1")
    assert status == 130
    assert "the clip so far is in runs/playroom-newborn-001/clip.mp4" in err
