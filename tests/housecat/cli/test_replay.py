"""The command `housecat replay`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agent.runs.run_dir import RunDir
from housecat.cli import main as housecat


def test_replay_tells_the_first_difference(call: Any) -> None:
    call("run", "--newborn", "--steps", "6", "--name", "first")
    ((_, shard),) = RunDir("runs/first").shards()
    arrays = dict(np.load(shard))
    arrays["obs.vitals"][3, :] += 0.5
    np.savez(shard, **arrays)
    status, found, _ = call("replay", "runs/first")
    assert (status, found["same"], found["steps"]) == (1, False, 4)
    assert found["difference"] == "vitals by up to 0.5"


def test_what_is_shown_again_is_as_long_as_the_run(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call("run", "--newborn", "--steps", "4", "--name", "first")
    assert housecat.main(["replay", "runs/first", "--show"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == ["runs/first: 4 steps, all the same", "Clip: runs/first/clip.mp4"]
    assert "Filming: 1/1 s" in err
