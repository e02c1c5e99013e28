"""What benchmarks/environments.py measures of its peers, in an environment of their own, which this makes.

There this file itself is what runs; it prints one JSON object.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

PEER_VENV = Path(os.environ.get("HOUSECAT_PEERS", Path(tempfile.gettempdir()) / "housecat-peers"))
# The last that panda-gym and pybullet_envs_gymnasium run with.
WANTED = ("panda-gym==3.0.7", "pybullet_envs_gymnasium==0.6.0", "gymnasium<1.3", "numpy<2.3")


def peers(steps: int) -> dict[str, Any]:
    """Runs this file in the peers' environment, made where there is none, and returns what it found."""
    python, made = PEER_VENV / "bin/python", PEER_VENV / "whole"
    try:
        if not made.exists():  # or making it was interrupted
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(PEER_VENV)], check=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", *WANTED], check=True)
            made.touch()
    except subprocess.CalledProcessError as error:
        return {"problem": f"their environment cannot be made: {error}"}
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), __file__, str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=bare)
    if done.returncode:
        return {"problem": done.stderr.strip().splitlines()[-1]}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


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
