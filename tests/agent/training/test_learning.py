"""What only minutes of life can show, on seeds that no study uses."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import agent

SEEDS = (200, 201)


@pytest.mark.slow
def test_a_newborn_comes_to_play_far_more_than_chance(tmp_path: Path) -> None:
    from studies.common.runner import run_jobs
    from studies.play import record_trace

    jobs = [(policy, seed) for policy in ("mind", "random") for seed in SEEDS]
    found = run_jobs(partial(record_trace, steps=1500), jobs, lambda share, words: None, tmp_path)
    touching = {job: float(trace.touching[1000:].mean()) for job, trace in found.items()}
    played, chance = (float(np.mean([touching[policy, seed] for seed in SEEDS])) for policy in ("mind", "random"))
    assert played > 0.12
    assert played > 4 * chance


@pytest.mark.slow
def test_two_processes_live_500_learning_steps_bit_for_bit() -> None:
    code = (
        "import hashlib, agent, worlds\n"
        "w = worlds.make('playroom', seed=3)\n"
        "h = hashlib.sha256()\n"
        "for m in agent.live(w, agent.Mind.born(w, seed=3), 500):\n"
        "    h.update(m.action.tobytes() + b''.join(m.obs[k].tobytes() for k in sorted(m.obs)))\n"
        "    h.update(repr((sorted(m.costs.items()), sorted(m.losses.items()))).encode())\n"
        "print(h.hexdigest())\n"
    )
    root = Path(agent.__file__).parents[1]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outs = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outs
    assert outs[0][0] == outs[1][0] != ""
