"""The command `housecat replay`."""

from __future__ import annotations

from typing import Any

import numpy as np

from agent.runs.run_dir import RunFolder


def test_replay_tells_the_first_difference(call: Any) -> None:
    call("run", "--newborn", "--steps", "6", "--name", "first")
    ((_, shard),) = RunFolder("runs/first").shards()
    arrays = dict(np.load(shard))
    arrays["obs.vitals"][3, :] += 0.5
    np.savez(shard, **arrays)
    status, found, _ = call("replay", "runs/first")
    assert (status, found["same"], found["steps"]) == (1, False, 4)
    assert found["difference"] == "vitals by up to 0.5"
