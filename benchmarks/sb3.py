"""Times what an objective adds to PPO and SAC: python benchmarks/sb3.py. Keeps the numbers in sb3.json.

The peer is the algorithm alone, in the same process: the two take turns, some learning each, and the slow-down
is the median over pairs of the ratio of their processor times on one thread. (Wall-clock time would be the same on a
machine that does nothing else, and means nothing on one that does.) Beside it stands the share that can be measured
without a peer: processor time inside the objectives' code and its host, over that of all the rest.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import tyro
from rich.console import Console
from rich.table import Table
from stable_baselines3 import PPO, SAC
from stable_baselines3.common.env_util import make_vec_env
from timing import save

from agent.sb3 import IntrinsicReward
from housecat.core.errors import UserError

RESULT = Path(__file__).with_suffix(".json")
OBJECTIVES = "rnd", "icm", "e3b", "disagreement", "examples/novelty.py:Novelty"
ENVS, STEPS = 8, 128  # of PPO, on Pendulum


class Timed(IntrinsicReward):
    """Intrinsic reward that adds up the processor time that it takes."""

    inside = 0.0

    def _timed(self, method: Any, *args: Any) -> Any:
        start = time.process_time()
        result = method(*args)
        self.inside += time.process_time() - start
        return result

    def on_step(self) -> bool:
        """Handles a step, see `IntrinsicReward`."""
        return bool(self._timed(super().on_step))

    def on_rollout_end(self) -> None:
        """Rewards a rollout, see `IntrinsicReward`."""
        self._timed(super().on_rollout_end)

    def _relabel(self, *args: Any) -> Any:
        return self._timed(super()._relabel, *args)


def ppo() -> Any:
    """Returns PPO with its defaults, on eight Pendulums, 128 steps a rollout."""
    return PPO("MlpPolicy", make_vec_env("Pendulum-v1", ENVS, seed=0), n_steps=STEPS, seed=0, device="cpu")


def sac() -> Any:
    """Returns SAC with its defaults, on one Pendulum."""
    return SAC("MlpPolicy", make_vec_env("Pendulum-v1", 1, seed=0), seed=0, device="cpu", learning_starts=100)


def seconds(model: Any, steps: int, intrinsic: IntrinsicReward | None) -> float:
    """Returns the processor time of learning for some steps."""
    start = time.process_time()
    model.learn(steps, intrinsic, reset_num_timesteps=False)
    return time.process_time() - start


def slow_down(make: Any, steps: int, objectives: dict[str, float], pairs: int) -> dict[str, float]:
    """Returns what objectives add to the time of an algorithm, in percent of it alone, and times per step."""
    alone, beside = make(), make()
    intrinsic = Timed(objectives)
    for _ in range(2):  # what is imported and allocated only once
        seconds(alone, steps, None)
        seconds(beside, steps, intrinsic)
    intrinsic.inside = 0.0
    took = [(seconds(alone, steps, None), seconds(beside, steps, intrinsic)) for _ in range(pairs)]
    whole = sum(b for _, b in took)
    ratio = [b / a for a, b in took]
    low, middle, high = np.percentile(ratio, [25, 50, 75])
    each = 1e6 / (steps if make is sac else ENVS * STEPS)
    return {
        "slow_down_percent": 100 * (middle - 1),
        "quartiles_percent": [100 * (low - 1), 100 * (high - 1)],  # type: ignore[dict-item]
        "inside_percent": 100 * intrinsic.inside / (whole - intrinsic.inside),
        "alone_us_per_step": each * float(np.median([a for a, _ in took])),
        "beside_us_per_step": each * float(np.median([b for _, b in took])),
    }


def main(pairs: int = 15, objectives: tuple[str, ...] = OBJECTIVES, out: Path = RESULT) -> None:
    """Times PPO and SAC with each objective and without.

    Args:
        pairs: Pairs of learning with an objective and without, for each algorithm and objective.
        objectives: Names or files of the objectives, each used alone.
        out: File for the result, which is written after each pair of algorithm and objective.
    """
    torch.set_num_threads(1)
    mixes = [{name: 1.0} for name in objectives]
    found: dict[str, Any] = {}
    for label, make, steps in ((f"PPO, Pendulum, {ENVS} x {STEPS}", ppo, ENVS * STEPS), ("SAC, Pendulum", sac, 100)):
        for mix in mixes:
            name = " + ".join(spec.rpartition(":")[2] for spec in mix)
            found[f"{label}: {name}"] = slow_down(make, steps, mix, pairs)
            save({"pairs": pairs, "slow_down": found}, out)
    table = Table("algorithm and objectives", "slow-down (quartiles)", "inside", "alone, us/step", "beside, us/step")
    for name, numbers in found.items():
        low, high = numbers["quartiles_percent"]
        spread = f"{numbers['slow_down_percent']:.1f} % ({low:.1f} to {high:.1f})"
        times = (f"{numbers[key]:.0f}" for key in ("alone_us_per_step", "beside_us_per_step"))
        table.add_row(name, spread, f"{numbers['inside_percent']:.1f} %", *times)
    Console().print(table)


if __name__ == "__main__":
    try:
        tyro.cli(main)
    except UserError as error:
        raise SystemExit(f"benchmarks/sb3.py: {error}") from error
