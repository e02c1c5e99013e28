"""A newborn plays: it touches toys, moves them and spreads them out, and keeps off the hot plate.

Controls are in the same rooms: ``random`` moves by smooth noise, ``fearless`` is the same mind without pain and critic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import worlds
from agent import Mind, MindConfig, live
from studies.common.play_trace import CELL, PlayTrace
from studies.common.plotting import plot_curves, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.scripted_policies import random_actions
from studies.common.stats import SHARE, metric

STEPS = 5000
WINDOW = (2000, 3000)  # steps in which play is counted
MOVED = 0.5  # metres from where a toy began
SMOOTH = 250  # steps, for the figure
COLORS = {"mind": "tab:orange", "fearless": "tab:red", "random": "tab:gray"}


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of each life. See the package for what it returns."""
    jobs = [(policy, seed) for policy in COLORS for seed in seeds]
    found = run_jobs(partial(record_trace, steps=steps), jobs, progress, out / "jobs")
    traces = {policy: [found[policy, seed] for seed in seeds] for policy in COLORS}
    mind, fearless, random = traces["mind"], traces["fearless"], traces["random"]
    metrics = _absolute(mind) | {
        "play/over_random": _ratio(share_touching, mind, random, "random", "higher"),
        "play/cells_over_random": _ratio(PlayTrace.cells_visited, mind, random, "random", "higher"),
        "pain/over_random": _ratio(share_on_plate, mind, random, "random", "lower"),
        "pain/over_fearless": _ratio(share_on_plate, mind, fearless, "fearless", "lower"),
    }
    controls = {"random": _absolute(random), "fearless": _absolute(fearless)}
    touched = [trace.touched for trace in mind]
    return save_result("play", out, seeds, steps, metrics, controls, _draw(traces), touched=touched)


def record_trace(policy: str, seed: int, steps: int) -> PlayTrace:
    """Records a newborn mind in the playroom, or random movement there."""
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    if policy == "random":
        moments: Iterable[object] = (world.step(action) for action in random_actions(world, steps, seed))
    else:
        moments = live(world, Mind.born(world, seed=seed, config=config_of(policy)), steps)
    found = PlayTrace.record(world, moments)
    world.close()
    return found


def config_of(policy: str) -> MindConfig:
    """Returns the settings of a mind: ``mind`` as it is, ``fearless`` without critic and pain."""
    default = MindConfig()
    if policy == "mind":
        return default
    objectives = {name: weight for name, weight in default.objectives.items() if name != "pain"}
    return default.updated({"planner.use_critic": False, "objectives": objectives})


def toys_moved(trace: PlayTrace) -> int:
    """Counts the toys that were ever farther than `MOVED` from where they began."""
    distance = np.linalg.norm(trace.toys - trace.toys[0], axis=-1).max(0)
    return int((distance > MOVED).sum())


def share_touching(trace: PlayTrace) -> float:
    """Returns the share of steps in the window with a toy in contact."""
    return float(trace.touching[slice(*_window(trace))].mean())


def share_on_plate(trace: PlayTrace) -> float:
    """Returns the share of steps on the hot plate from the beginning of the window on."""
    return float(trace.on_plate[_window(trace)[0] :].mean())


def _window(trace: PlayTrace) -> tuple[int, int]:
    # A life shorter than the study's own is judged by the same parts of it.
    scale = min(1.0, len(trace.touching) / STEPS)
    return round(WINDOW[0] * scale), round(WINDOW[1] * scale)


def _absolute(traces: list[PlayTrace]) -> dict[str, dict[str, Any]]:
    toys = float(traces[0].toys.shape[1])
    return {
        "play/share": metric(map(share_touching, traces), "share of steps touching a toy", "higher", SHARE),
        "play/toys_moved": metric(map(toys_moved, traces), f"toys moved over {MOVED} m", "higher", (0.0, toys)),
        "play/cells": metric((trace.cells_visited() for trace in traces), f"{CELL} m cells visited by toys", "higher"),
        "pain/on_plate": metric(map(share_on_plate, traces), "share of steps on the hot plate", "lower", SHARE),
    }


def _ratio(
    measure: Callable[[PlayTrace], float], traces: list[PlayTrace], controls: list[PlayTrace], name: str, better: Any
) -> dict[str, Any]:
    """Returns a measure of traces in units of the mean of controls; their own spread is not in its interval."""
    unit = float(np.mean([measure(trace) for trace in controls]))
    values = [measure(trace) / unit for trace in traces] if unit else []
    return metric(values, f"times the mean of {name}", better, (0.0, np.inf), missing=f"the mean of {name} is zero")


def _draw(traces: dict[str, list[PlayTrace]]) -> Figure:
    shown = traces["mind"][:2]
    figure, [axes] = subplots(1, 2 + len(shown), (17, 4))
    for policy, color in COLORS.items():
        for panel, field in ((axes[0], "touching"), (axes[1], "on_plate")):
            window = np.ones(SMOOTH) / SMOOTH
            curves = np.stack([np.convolve(getattr(trace, field), window, "valid") for trace in traces[policy]])
            plot_curves(panel, np.arange(curves.shape[1]) + SMOOTH, curves, color, policy)
    axes[0].set(title="touching a toy", xlabel="control step", ylabel=f"share of the last {SMOOTH} steps", ylim=(0, 1))
    axes[1].set(title="on the hot plate", xlabel="control step", ylim=(0, None))
    axes[0].legend(frameon=False)
    for panel, trace in zip(axes[2:], shown, strict=True):
        for toy, name in enumerate(trace.names):
            panel.plot(*trace.toys[:, toy].T, lw=0.8, color=name.split()[0].replace("yellow", "gold"))
        panel.set(title="where the toys got to", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
    return figure
