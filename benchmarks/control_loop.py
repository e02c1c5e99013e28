"""Times the control loop and the window: python benchmarks/control_loop.py. Keeps the numbers in control_loop.json.

The floor is the matrix products that planning cannot do without. Run it on a machine that does nothing else; medians
are of control steps after the warm-up, in which a newborn moves by noise.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table
from timing import by_turns, save

import worlds
from agent import Mind, MindConfig, live
from agent.runs.recorded_run import begin
from agent.runs.run_dir import RunConfig
from agent.runtime import configure_runtime
from viewer import watch

RESULT = Path(__file__).with_suffix(".json")


def control_step(steps: int, async_planning: str = "off") -> dict[str, float]:
    """Returns milliseconds per control step of a planning, learning newborn, by part."""
    world = worlds.make("playroom", seed=0)
    mind = Mind.born(world, seed=0, config=MindConfig.of({"planner.async_planning": async_planning}))
    warm_up = mind.config.training.warmup_steps
    moments = list(live(world, mind, warm_up + steps))[warm_up:]
    parts = {name: 1e3 * float(np.median([m.seconds[name] for m in moments])) for name in moments[0].seconds}
    total = 1e3 * float(np.median([sum(m.seconds.values()) for m in moments]))
    return {**parts, "whole": total, "times_real_time": 1e3 * world.control_dt / total}


def floor(config: MindConfig, repeats: int = 30) -> float:
    """Returns milliseconds of the hidden layers' products alone in one decision of the planner."""
    rows = config.planner.samples * config.attention.num_attended
    x = torch.randn(config.model.ensemble_size, rows, config.model.hidden_size)
    w = torch.randn(config.model.ensemble_size, config.model.hidden_size, config.model.hidden_size)

    def products() -> None:
        for _ in range(config.planner.horizon * config.planner.iterations):
            torch.bmm(x, w)

    return by_turns({"products": products}, repeats)["products"]


def window(seconds: float, async_planning: bool = False) -> dict[str, Any]:
    """Returns frames per second of the window on the shipped kitten while it learns, at 1 x speed."""
    report = watch(partial(begin, RunConfig(mind="kitten", steps=1, async_planning=async_planning)), seconds=seconds)
    return {name: report[name] for name in ("fps", "fps_p5", "time_to_first_frame", "backend")}


def main(steps: int = 200, seconds: float = 30.0, out: Path = RESULT) -> None:
    """Times a control step and the window, each with and without asynchronous planning.

    Args:
        steps: Control steps to time.
        seconds: Seconds that the window is open.
        out: File for the result.
    """
    configure_runtime()
    groups: dict[str, dict[str, Any]] = {
        "control_step_ms": control_step(steps),
        "async_control_step_ms": control_step(steps, "on"),
        "window": window(seconds),
        "async_window": window(seconds, True),
    }
    products = floor(MindConfig())
    save({**groups, "floor_ms": products}, out)
    table = Table("what", "measured")
    for group, numbers in groups.items():
        for name, value in numbers.items():
            table.add_row(f"{group} {name}", f"{value:.2f}" if isinstance(value, float) else str(value))
    table.add_row("hidden layers' products alone, ms", f"{products:.2f}")
    Console().print(table)


if __name__ == "__main__":
    tyro.cli(main)
