"""What benchmarks/worlds.py measures of its peers, in their own environment; prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

import gymnasium
import numpy as np


def panda(steps: int) -> dict[str, float]:
    """Measures panda-gym's PandaPush-v3."""
    import panda_gym  # noqa: F401  # registers

    env = gymnasium.make("PandaPush-v3")
    env.reset(seed=0)
    sim = env.unwrapped.sim

    def raw(action: Any) -> None:
        env.unwrapped.robot.set_action(action)
        for _ in range(sim.n_substeps):
            sim.physics_client.stepSimulation()

    return measured(env, raw, steps)


def ant(steps: int) -> dict[str, float]:
    """Measures pybullet_envs_gymnasium's AntBulletEnv-v0."""
    import pybullet_envs_gymnasium  # noqa: F401  # registers

    env = gymnasium.make("AntBulletEnv-v0")
    env.reset(seed=0)
    inner = env.unwrapped

    def raw(action: Any) -> None:
        inner.robot.apply_action(action)
        inner.scene.global_step()

    return measured(env, raw, steps)


def measured(env: Any, raw: Any, steps: int) -> dict[str, float]:
    """Returns the rows of the table, as for ours."""
    whole, bare, fresh = [], [], []
    for _ in range(steps):
        action = env.action_space.sample()
        started = time.process_time()
        ended = env.step(action)
        middle = time.process_time()
        raw(action)
        bare.append(time.process_time() - middle)
        whole.append(middle - started)
        if ended[2] or ended[3]:
            env.reset()
    for _ in range(20):
        started = time.process_time()
        env.reset()
        fresh.append(time.process_time() - started)
    return {
        "step over raw substeps": float(np.median(whole) / np.median(bare)),
        "reset to a fresh layout, ms": 1e3 * float(np.median(fresh)),
        "warnings of both checkers": warned(env),
    }


def warned(env: Any) -> float:
    """Counts what Gymnasium's checker complains of; an error counts as one more."""
    from gymnasium.utils.env_checker import check_env

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            check_env(env.unwrapped, skip_render_check=True)
        except Exception as error:  # a checker fails in any way it likes
            caught.append(error)  # type: ignore[arg-type]
    return float(len(caught))


if __name__ == "__main__":
    count = int(sys.argv[1])
    print(json.dumps({"panda-gym": panda(count), "pybullet_envs_gymnasium": ant(count)}))
