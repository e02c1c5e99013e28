"""Curiosity finds a reward that is too rare for chance: PPO with an objective against PPO alone, in equal steps.

The car of MountainCarContinuous is rewarded at the flag alone: 1, and nothing for anything else. The control is the
same PPO with the same seeds and steps; each objective is compared with it seed by seed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import intrinsic
from studies.lives import Progress, metric, side_by_side, versions

STEPS = 60_000
CARS = 8  # side by side
ALONE = "alone"
FREE = {"latent", "latent.before", "mean", "attended", "action"}  # what any environment can offer


class Sparse(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Rewards reaching the flag with 1 and nothing else, and notes in which of its steps that was."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(env)
        self.steps, self.reached = 0, list[int]()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Lives a step."""
        obs, _, terminated, truncated, info = self.env.step(action)
        self.steps += 1
        if terminated:
            self.reached.append(self.steps)
        return obs, float(terminated), terminated, truncated, info


def objectives() -> tuple[str, ...]:
    """Returns the registered objectives that are no hardwired drive and read nothing that only a body has."""
    known = (it for it in intrinsic.describe() if not it.hardwired and not it.problem)
    return tuple(it.name for it in known if it.reads and set(it.reads) <= FREE)


def flags(objective: str, seed: int, steps: int) -> list[int]:
    """Learns, and returns the steps (counted over all cars) in which the flag was reached."""
    from agent.sb3 import PPO, IntrinsicReward, make_vec_env  # an extra, which the other studies can do without

    torch.set_num_threads(1)
    cars: list[Sparse] = []

    def car() -> Sparse:
        cars.append(Sparse(gymnasium.make("MountainCarContinuous-v0")))
        return cars[-1]

    env = make_vec_env(car, CARS, seed=seed)
    model = PPO("MlpPolicy", env, n_steps=256, batch_size=256, gae_lambda=0.9, seed=seed, device="cpu")
    model.learn(steps, None if objective == ALONE else IntrinsicReward({objective: 1.0}, seed=seed))
    return sorted(CARS * step for it in cars for step in it.reached)


def often(reached: list[int], steps: int) -> float:
    """Returns how often the flag was reached in the second half, per 10,000 steps."""
    half = steps / 2
    return sum(step > half for step in reached) / half * 10_000


def compared(found: dict[str, list[list[int]]], steps: int) -> dict[str, dict[str, Any]]:
    """Returns how much more often than PPO alone each objective reached the flag, seed by seed."""
    alone = [often(reached, steps) for reached in found[ALONE]]
    unit = "flags per 10,000 steps of the second half, more than PPO alone"
    return {
        f"sparse/{name}": metric((often(r, steps) - a for r, a in zip(all_, alone, strict=True)), unit, "higher")
        for name, all_ in found.items()
        if name != ALONE
    }


def run(
    seeds: tuple[int, ...],
    out: Path,
    progress: Progress,
    steps: int = STEPS,
    which: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Learns, compares and draws; `which` objectives, or all that fit. See the package for what it returns."""
    names = (ALONE, *(which or objectives()))
    jobs = [(name, seed) for seed in seeds for name in names]
    done = side_by_side(partial(flags, steps=steps), jobs, progress)
    found = {name: [done[name, seed] for seed in seeds] for name in names}
    _draw(found, steps, out / "figure.png")
    unit = "flags per 10,000 steps of the second half"
    return {
        "study": "sparse",
        "seeds": list(seeds),
        "steps": steps,
        "metrics": compared(found, steps),
        "controls": {ALONE: {"sparse/flags": metric((often(r, steps) for r in found[ALONE]), unit, "higher")}},
        "versions": versions(),
    }


def _draw(found: dict[str, list[list[int]]], steps: int, path: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    grid = np.linspace(0, steps, 200)
    for i, (name, lives) in enumerate(found.items()):
        color = "black" if name == ALONE else f"C{i}"
        curves = np.stack([np.searchsorted(reached, grid, side="right") for reached in lives])
        axes.plot(grid, curves.mean(0), color=color, label=name, lw=2)
        axes.fill_between(grid, curves.min(0), curves.max(0), color=color, alpha=0.12)
    axes.set(xlabel="steps of the environment", ylabel="times at the flag so far", title="Rewarded at the flag alone")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
