"""Curiosity finds what chance does not: PPO with an objective against PPO alone, in equal steps.

Two worlds (`studies.common.sparse_envs`). A car is rewarded at the flag alone: what counts is how often it gets there.
A kitten in a maze is rewarded at the goal alone, which nobody finds in so few steps: what counts is how much of the
maze it sees, and how often it was at the goal stands beside it. The control is the same PPO with the same seeds and
steps; each objective is compared with it seed by seed.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import intrinsic
from housecat.core.errors import UserError, unknown_name
from studies.common import sparse_envs as rare
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from studies.common.sparse_envs import TASKS, Ends, Rare

ALONE = "alone"
WHICH = ("rnd", "disagreement", "e3b", "state_entropy")


def life(job: str, seed: int, steps: int | None = None) -> Ends:
    """Learns ``task/objective``; returns what the episodes came to, in order, by steps of all lives together."""
    # An extra, which the other studies can do without.
    from agent.sb3 import PPO, IntrinsicReward, make_vec_env

    torch.set_num_threads(1)
    name, objective = job.split("/")
    task, made = TASKS[name], list[Rare]()

    def make() -> Rare:
        made.append(task.make(seed))
        return made[-1]

    env = make_vec_env(make, task.lives, seed=seed)
    model = PPO(task.policy, env, seed=seed, device="cpu", **task.settings)
    curious = None if objective == ALONE else IntrinsicReward({objective: task.weight}, seed=seed)
    model.learn(steps or task.steps, curious)
    env.close()
    return sorted((task.lives * step, arrived, cells) for it in made for step, arrived, cells in it.ended)


def compared(task: str, found: dict[str, list[Ends]], steps: int) -> dict[str, dict[str, Any]]:
    """Returns how much more than PPO alone each objective brought, seed by seed."""
    measure, unit = TASKS[task].measure, TASKS[task].unit
    alone = [measure(ends, steps) for ends in found[ALONE]]
    return {
        f"{task}/{name}": metric(
            (measure(ends, steps) - a for ends, a in zip(lives, alone, strict=True)),
            f"{unit}, more than PPO alone", "higher",
        )
        for name, lives in found.items()
        if name != ALONE
    }  # fmt: skip


def run(
    seeds: tuple[int, ...],
    out: Path,
    progress: Progress,
    steps: int | None = None,
    which: tuple[str, ...] = WHICH,
) -> dict[str, Any]:
    """Learns, compares and draws; `which` objectives. See the package for what it returns.

    Raises:
        UserError: There is no such objective, or no Stable-Baselines3.
    """
    if find_spec("stable_baselines3") is None:
        raise UserError("this study needs Stable-Baselines3: pip install 'housecat[sb3]'")
    for name in which:
        if name not in intrinsic.names():
            raise unknown_name("objective", name, intrinsic.names())
    names = (ALONE, *which)
    jobs = [(f"{task}/{name}", seed) for task in TASKS for seed in seeds for name in names]
    done = side_by_side(partial(life, steps=steps), jobs, progress, out / "lives")
    found = {task: {name: [done[f"{task}/{name}", seed] for seed in seeds] for name in names} for task in TASKS}
    spans = {task: steps or TASKS[task].steps for task in TASKS}
    controls = {
        f"{task}/{name}": metric((TASKS[task].measure(ends, spans[task]) for ends in lives), TASKS[task].unit, "higher")
        for task in TASKS
        for name, lives in found[task].items()
    }
    controls |= {
        f"maze/{name}/arrivals": metric(
            (rare.arrivals(ends, spans["maze"]) for ends in lives), "times at the goal per 10,000 steps", "higher"
        )
        for name, lives in found["maze"].items()
    }
    _draw(found, spans, out / "figure.png")
    return result(
        "sparse",
        seeds,
        spans,
        {key: it for task in TASKS for key, it in compared(task, found[task], spans[task]).items()},
        controls,
    )


def _draw(found: dict[str, dict[str, list[Ends]]], steps: dict[str, int], path: Path) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    for axis, (task, lives) in zip(axes, found.items(), strict=True):
        names = list(lives)
        for i, name in enumerate(names):
            values = [TASKS[task].measure(ends, steps[task]) for ends in lives[name]]
            color = "black" if name == ALONE else f"C{i}"
            axis.bar(i, float(np.mean(values)), color=color, alpha=0.35)
            axis.plot(i + np.linspace(-0.2, 0.2, len(values)), values, "o", color=color, ms=4)
        for column in range(len(lives[ALONE])):  # the same seed, from bar to bar
            each = [TASKS[task].measure(lives[name][column], steps[task]) for name in names]
            place = np.linspace(-0.2, 0.2, len(lives[ALONE]))[column] + np.arange(len(names))
            axis.plot(place, each, color="gray", lw=0.5, alpha=0.5, zorder=0)
        axis.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
        axis.set_title(TASKS[task].title)
        axis.set_ylabel(TASKS[task].unit, wrap=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
