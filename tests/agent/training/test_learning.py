"""What only minutes of life can show, on seeds that no study uses."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import agent

SEEDS = (200, 201)


@pytest.mark.slow
def test_a_newborn_comes_to_play_far_more_than_chance(tmp_path: Path) -> None:
    from studies.common.lives import traces

    lives = traces(("mind", "random"), SEEDS, 1500, lambda share, words: None, tmp_path)
    played, chance = (float(np.mean([life.touching[1000:].mean() for life in lives[c]])) for c in ("mind", "random"))
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
