"""Curiosity finds what chance does not: PPO with an objective against PPO alone, in equal steps.

Two worlds (`studies.common.sparse_envs`). A car is rewarded at the flag alone: what counts is how often it gets there.
A kitten in a maze is rewarded at the goal alone, which is not found in so few steps: what counts is how much of the
maze it sees, and how often it reached the goal is reported too. The control is the same PPO with the same seeds and
steps; each objective is compared with it seed by seed.
"""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import intrinsic
from housecat.core.errors import UserError, unknown_name
from studies.common.plotting import plot_values, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.sparse_envs import TASKS, Episodes, SparseReward, arrivals
from studies.common.stats import metric

ALONE = "PPO alone"
OBJECTIVES = ("rnd", "disagreement", "e3b", "state_entropy")


def run(
    seeds: tuple[int, ...],
    out: Path,
    progress: Progress,
    steps: int | None = None,
    objectives: tuple[str, ...] = OBJECTIVES,
) -> dict[str, Any]:
    """Learns, compares and draws. See the package for what it returns.

    Args:
        seeds: Seeds of the environments and of PPO.
        out: Where to keep the result.
        progress: Called with the share that is done, and what was done last.
        steps: Steps of all environments together; each task's own number if None.
        objectives: Names of the objectives that are compared.

    Raises:
        UserError: If there is no such objective, or no Stable-Baselines3.
    """
    if find_spec("stable_baselines3") is None:
        raise UserError("this study needs Stable-Baselines3: pip install 'housecat[sb3]'")
    for name in objectives:
        if name not in intrinsic.names():
            raise unknown_name("objective", name, intrinsic.names())
    names = (ALONE, *objectives)
    jobs = [(f"{task}/{name}", seed) for task in TASKS for seed in seeds for name in names]
    done = run_jobs(partial(learn, steps=steps), jobs, progress, out / "jobs")
    found = {task: {name: [done[f"{task}/{name}", seed] for seed in seeds] for name in names} for task in TASKS}
    spans = {task: steps or TASKS[task].steps for task in TASKS}
    metrics: dict[str, Any] = {}
    for task in TASKS:
        metrics |= compare(task, found[task], spans[task])
    absolute = {name: _absolute({task: found[task][name] for task in TASKS}, spans) for name in names}
    metrics |= {f"{key} of {name}": value for name in objectives for key, value in absolute[name].items()}
    figure = _draw(found, spans)
    return save_result("sparse", out, seeds, steps, metrics, {ALONE: absolute[ALONE]}, figure, steps_of_tasks=spans)


def learn(job: str, seed: int, steps: int | None = None) -> Episodes:
    """Learns ``task/objective``; returns the episodes of all environments, by the step they ended in."""
    # An extra, which the other studies can do without.
    from agent.sb3 import PPO, IntrinsicReward, make_vec_env

    name, objective = job.split("/")
    task, made = TASKS[name], list[SparseReward]()

    def make() -> SparseReward:
        made.append(task.make(seed))
        return made[-1]

    env = make_vec_env(make, task.envs, seed=seed)
    model = PPO(task.policy, env, seed=seed, device="cpu", **task.settings)
    reward = None if objective == ALONE else IntrinsicReward({objective: task.weight}, seed=seed)
    model.learn(steps or task.steps, reward)
    env.close()
    return sorted((task.envs * step, arrived, cells) for one in made for step, arrived, cells in one.episodes)


def compare(task: str, found: dict[str, list[Episodes]], steps: int) -> dict[str, dict[str, Any]]:
    """Returns how much more than PPO alone each objective brought, seed by seed."""
    measure, unit = TASKS[task].measure, TASKS[task].unit
    alone = [measure(episodes, steps) for episodes in found[ALONE]]
    return {
        f"{task}/{name}": metric(
            (measure(episodes, steps) - a for episodes, a in zip(each, alone, strict=True)),
            f"{unit}, more than {ALONE}",
            "higher",
        )
        for name, each in found.items()
        if name != ALONE
    }


def _absolute(found: dict[str, list[Episodes]], spans: dict[str, int]) -> dict[str, Any]:
    """Returns what one objective, or PPO alone, reached in each task."""
    metrics = {}
    for task, each in found.items():
        values = (TASKS[task].measure(episodes, spans[task]) for episodes in each)
        metrics[task] = metric(values, TASKS[task].unit, "higher", (0.0, np.inf))
    at_goal = (arrivals(episodes, spans["maze"]) for episodes in found["maze"])
    metrics["maze/arrivals"] = metric(at_goal, "times at the goal per 10,000 steps", "higher", (0.0, np.inf))
    return metrics


def _draw(found: dict[str, dict[str, list[Episodes]]], steps: dict[str, int]) -> Figure:
    figure, [axes] = subplots(1, 2, (11, 4))
    for axis, (task, groups) in zip(axes, found.items(), strict=True):
        names = list(groups)
        values = [[TASKS[task].measure(episodes, steps[task]) for episodes in groups[name]] for name in names]
        for i, (name, each) in enumerate(zip(names, values, strict=True)):
            plot_values(axis, i, each, "black" if name == ALONE else f"C{i}")
        offsets = np.linspace(-0.2, 0.2, len(values[0]))
        for column, offset in enumerate(offsets):  # the same seed, from bar to bar
            each = [row[column] for row in values]
            axis.plot(offset + np.arange(len(names)), each, color="gray", lw=0.5, alpha=0.5, zorder=0)
        axis.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
        axis.set_title(TASKS[task].title)
        axis.set_ylabel(TASKS[task].unit, wrap=True)
    return figure
