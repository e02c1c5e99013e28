"""What benchmarks/compare_versions.py runs in each checkout: python version_worker.py ROOT WARM_UP.

It uses only what versions have in common: `worlds.make`, `Mind.born`, `Mind.load`, `agent.live`, and the methods `act`,
`learn` and `step`. For each number of control steps on stdin it prints one line of JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import agent
import worlds

KITTEN_WARM_UP = 20  # control steps before its first turn: by then its nets are compiled


class Life:
    """A mind that acts and learns in the playroom, and the processor time that it takes.

    Args:
        mind: Name of a shipped mind; None for a newborn.
    """

    def __init__(self, mind: str | None) -> None:
        self.world = worlds.make("playroom", seed=0)
        self.mind = agent.Mind.born(self.world, seed=0) if mind is None else agent.Mind.load(mind)
        self.seconds: dict[str, float] = defaultdict(float)
        self.digest = hashlib.sha256()  # of all actions
        for owner, method, part in (
            (self.mind, "act", "think"),
            (self.mind, "learn", "learn"),
            (self.world, "step", "env.step"),
        ):
            setattr(owner, method, self._timed(getattr(owner, method), part))
        self.moments = agent.live(self.world, self.mind, None)

    def _timed(self, method: Callable[..., Any], part: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            started = time.process_time()
            result = method(*args, **kwargs)
            self.seconds[part] += time.process_time() - started
            return result

        return call

    def run(self, steps: int) -> dict[str, float]:
        """Runs control steps, and returns the seconds of each part and of the whole."""
        self.seconds.clear()
        started = time.process_time()
        for _ in range(steps):
            self.digest.update(next(self.moments).action.tobytes())
        return {**self.seconds, "whole": time.process_time() - started}

    def plan(self, decisions: int) -> float:
        """Decides again and again in the same moment, and returns the seconds that it takes."""
        obs = self.world.observe()
        self.seconds.clear()
        for _ in range(decisions):
            self.mind.act(obs)
        return self.seconds["think"]


def main(root: Path, warm_up: int) -> None:
    """Warms up, says so, and answers each line of stdin."""
    for package in (agent, worlds):
        if not Path(str(package.__file__)).is_relative_to(root):
            sys.exit(f"{package.__name__} is imported from {package.__file__}, not from {root}: is that a checkout?")
    torch.set_num_threads(1)
    lives, planner = {"newborn": Life(None), "kitten": Life("kitten")}, Life("kitten")
    lives["newborn"].run(warm_up)
    for life in (lives["kitten"], planner):
        life.run(KITTEN_WARM_UP)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        steps = int(line)
        found = {f"{name}/{part}": s for name, life in lives.items() for part, s in life.run(steps).items()}
        found["planning"] = planner.plan(steps)
        digests = {name: life.digest.hexdigest() for name, life in lives.items()}
        print(json.dumps({"seconds": found, "digests": digests}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
