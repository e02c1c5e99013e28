"""How fast a life is: python benchmarks/live.py. Prints a table and keeps the numbers in benchmarks/live.json.

The peer is the floor: the same physics without a mind, and the matrix products that planning cannot do without.
Run it on a machine that does nothing else; medians are of control steps after the babbling.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # else worlds.py beside this is `worlds`

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table

import worlds
from agent import Mind, MindConfig, live
from agent.runs.recorded_run import begin
from agent.runs.run_dir import RunConfig
from viewer import watch

HERE = Path(__file__).with_suffix(".json")


def life(steps: int, pipeline: str = "off") -> dict[str, float]:
    """Returns milliseconds per control step of a planning, learning newborn, by part."""
    world = worlds.make("playroom", seed=0)
    mind = Mind.born(world, seed=0, config=MindConfig(pipeline=pipeline))
    moments = list(live(world, mind, mind.config.babble + steps))[mind.config.babble :]
    parts = {name: 1e3 * float(np.median([m.seconds[name] for m in moments])) for name in moments[0].seconds}
    whole = 1e3 * float(np.median([sum(m.seconds.values()) for m in moments]))
    return {**parts, "whole": whole, "times_real_time": 1e3 * world.control_dt / whole}


def floor(config: MindConfig, repeats: int = 30) -> float:
    """Returns milliseconds of the hidden layers' products alone in one decision of the planner."""
    rows = config.samples * config.attend
    x = torch.randn(config.ensemble, rows, config.hidden)
    w = torch.randn(config.ensemble, config.hidden, config.hidden)
    took = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(config.horizon * config.iterations):
            torch.bmm(x, w)
        took.append(time.perf_counter() - start)
    return 1e3 * float(np.median(took))


def window(seconds: float, pipeline: bool = False) -> dict[str, Any]:
    """Returns pictures per second of the window on the shipped kitten while it learns, at 1 x speed."""
    report = watch(partial(begin, RunConfig(mind="kitten", steps=1, pipeline=pipeline)), seconds=seconds)
    return {name: report[name] for name in ("fps", "fps_p5", "time_to_first_frame", "backend")}


def main(steps: int = 200, seconds: float = 30.0, out: Path = HERE) -> None:
    """Measures.

    Args:
        steps: Control steps of the life.
        seconds: Seconds that the window is watched.
        out: Where to keep the numbers.
    """
    torch.set_num_threads(1)
    result = {
        "life_ms": life(steps),
        "pipelined_life_ms": life(steps, "on"),
        "floor_ms": floor(MindConfig()),
        "window": window(seconds),
        "pipelined_window": window(seconds, True),
        "machine": {"python": platform.python_version(), "torch": torch.__version__, "processor": platform.machine()},
    }
    out.write_text(json.dumps(result, indent=2) + "\n")
    table = Table("what", "measured")
    for group in ("life_ms", "pipelined_life_ms", "window", "pipelined_window"):
        for name, value in result[group].items():  # type: ignore[attr-defined]
            table.add_row(f"{group} {name}", f"{value:.2f}" if isinstance(value, float) else str(value))
    table.add_row("hidden layers' products alone, ms", f"{result['floor_ms']:.2f}")
    Console().print(table)


if __name__ == "__main__":
    tyro.cli(main)
