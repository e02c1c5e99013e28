"""Living a recorded run again, action by action, to see whether the world still answers as it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np

from agent.runs.run_dir import RunDir
from housecat.core.errors import UserError
from worlds.events import EVENTS, from_json


def replay(folder: RunDir) -> Iterator[tuple[int, str]]:
    """Repeats the actions and user events of a run, and compares the senses bit for bit.

    Args:
        folder: The run.

    Yields:
        Each row and what differs in it: nothing, or the name of a sense and the largest difference. Ends with
        the first row that differs, as all that follows does too.

    Raises:
        UserError: If the run has no moments.
    """
    arrays, config = folder.arrays(), folder.config
    if not len(arrays.get("step", ())):
        raise UserError(f"{folder.path} has no moments yet; `housecat run --resume {folder.path}` lives them")
    done: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for event in folder.events():
        if event["event"] in EVENTS:
            done[event["row"]].append({k: v for k, v in event.items() if k not in ("row", "step")})
    world = config.make_world()
    try:
        for row, action in enumerate(arrays["action"]):
            for event in done[row]:
                world.apply(from_json(event))
            obs = world.step(action)[0]
            difference = _difference(obs, {name: arrays[f"obs.{name}"][row] for name in obs})
            yield row, difference
            if difference:
                return
    finally:
        world.close()


def _difference(obs: dict[str, Any], recorded: dict[str, Any]) -> str:
    for name, now in obs.items():
        if not np.array_equal(now, recorded[name], equal_nan=True):
            return f"{name} by up to {np.max(np.abs(now.astype(np.float64) - recorded[name])):.3g}"
    return ""
