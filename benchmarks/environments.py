"""Times the worlds, and checks that they are exact: python benchmarks/environments.py. Keeps environments.json.

A step is measured as worlds are made through Gymnasium, and again with the six recorded poses per step that windows
show. Times are of the processor (`time.process_time`), so that what else the machine does counts little; all but the
async vector's, which wants two free cores. Peers (panda-gym, pybullet_envs_gymnasium) run beside ours in a virtual
environment of their own, which this makes.
The bars' own numbers, hours long: --steps 10000 --processes 3 --seeds 0 1 2 3 4 --resets-counted 1000 --long 100000.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import tyro
from environment_timing import eyes, overhead, resets
from gymnasium.utils.env_checker import check_env
from peer_environments import peers
from rich.console import Console
from rich.table import Table
from timing import save

import worlds
from worlds.registry import gym_id
from worlds.testing.random_script import random_script
from worlds.testing.replay_log import record

RESULT = Path(__file__).with_suffix(".json")
ROOT = Path(__file__).parent.parent
REPLAY = """import sys
from worlds.testing.replay_log import ReplayLog, replay
log = ReplayLog.load(sys.argv[1])
for start in map(int, sys.argv[2:]):
    print(replay(log, start))"""
BARS = {
    "step over raw substeps": ("<=", 1.10),
    "the same, with six poses a step": ("", 0.0),
    "reset to a known layout, ms": ("<=", 0.5),
    "reset to a fresh layout, ms": ("<=", 5.0),
    "going back to a snapshot, ms": ("<=", 0.5),
    "eye, up to 15 objects, ms": ("<=", 1.2),
    "eye, 100 objects, ms": ("<=", 4.0),
    "replay mismatches": ("<=", 0),
    "memory after resets, MB": ("<=", 1.0),
    "memory after steps, MB": ("<=", 5.0),
    "two async worlds over one": (">=", 1.7),
    "warnings of both checkers": ("<=", 0),
}


def mismatches(name: str, seed: int, steps: int, processes: int) -> list[str]:
    """Replays a log in other processes, from its start and from a keyframe; returns where it differed."""
    world = worlds.make(name, seed=seed)
    log = record(name, seed, random_script(world, seed, steps), every=max(1, steps // 4), states=False)
    world.close()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.npz"
        log.save(path)
        starts = [str(step) for step in log.keyframes]
        found = []
        for process in range(processes):
            arguments = [sys.executable, "-c", REPLAY, str(path), "0", starts[1 + process % (len(starts) - 1)]]
            done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True)
            found += [line for line in done.stdout.splitlines() if line != "None"]
    return found


def memory(name: str, count: int, steps: int) -> dict[str, float]:
    """Returns by how much a process grows (MB) over some resets, and over steps with pokes."""
    world = worlds.make(name, seed=0)

    def run(many: int) -> None:
        for action, events in random_script(world, 1, many, pokes=10):
            for event in events:
                if event.target in movable:
                    world.apply(event)
            world.step(action)

    movable = {thing.name for thing in world._things if thing.movable}
    for _ in range(100):
        world.reset()
    run(200)
    start = _resident()
    for _ in range(count):
        world.reset()
    middle = _resident()
    run(steps)
    found = {"memory after resets, MB": middle - start, "memory after steps, MB": _resident() - middle}
    world.close()
    return found


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def vector(name: str, steps: int) -> float:
    """Returns the steps per second of two worlds in an async vector over those of one."""
    rates = []
    for count in (1, 2):
        mode = "async" if count > 1 else "sync"
        env = gymnasium.make_vec(gym_id(name), num_envs=count, vectorization_mode=mode)
        env.reset(seed=0)
        actions = [env.action_space.sample() for _ in range(steps)]
        started = time.perf_counter()
        for action in actions:
            env.step(action)
        rates.append(count * steps / (time.perf_counter() - started))
        env.close()
    return rates[1] / rates[0]


def warned(name: str) -> list[str]:
    """Returns what the checkers of Gymnasium and Stable-Baselines3 complain of."""
    import stable_baselines3.common.env_checker as sb3

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        env = gymnasium.make(gym_id(name))
        check_env(env.unwrapped, skip_render_check=True)
        sb3.check_env(env, warn=True)
        env.close()
    return [str(warning.message) for warning in caught]


def main(
    steps: int = 400,
    seeds: tuple[int, ...] = (0,),
    processes: int = 3,
    resets_counted: int = 1000,
    long: int = 2000,
    names: tuple[str, ...] = (),
    with_peers: bool = True,
    out: Path = RESULT,
) -> None:
    """Times every world, and replays its logs in other processes.

    Args:
        steps: Control steps of each replay, and of each timing.
        seeds: Seeds of the logs that are replayed in each world.
        processes: Processes that replay each log.
        resets_counted: Resets over which memory is watched.
        long: Steps over which memory is watched.
        names: Names of the worlds; all when not given.
        with_peers: Measure the peers, too.
        out: File for the result.
    """
    ours: dict[str, dict[str, Any]] = {}
    for name in names or worlds.names():
        different = [step for seed in seeds for step in mismatches(name, seed, steps, processes)]
        ours[name] = {
            "step over raw substeps": overhead(name, steps, frames_per_step=1),
            "the same, with six poses a step": overhead(name, steps),
            **resets(name),
            "replay mismatches": len(different),
            "mismatches": different,
            **memory(name, resets_counted, long),
            "two async worlds over one": vector(name, min(steps, 200)),
            "warnings of both checkers": len(warned(name)),
        }
        Console(stderr=True).print(f"{name} done")
    drawn = eyes()
    result = {
        "worlds": ours,
        "eye": drawn,
        "peers": peers(min(steps, 200)) if with_peers else {},
        "arguments": {"steps": steps, "seeds": seeds, "processes": processes, "resets": resets_counted, "long": long},
    }
    save(result, out)
    table = Table("what", "bar", *ours, "peers")
    for row, (sign, bar) in BARS.items():
        cells = [_shown(numbers.get(row, drawn.get(row)), sign, bar) for numbers in ours.values()]
        of_peers = [f"{peer} {found[row]:.2f}" for peer, found in result["peers"].items() if row in found]
        table.add_row(row, f"{sign} {bar:g}" if sign else "", *cells, "\n".join(of_peers))
    Console(width=150).print(table)  # narrower it cannot be read


def _shown(value: float | None, sign: str, bar: float) -> str:
    if value is None:
        return ""
    kept = not sign or (value <= bar if sign == "<=" else value >= bar)
    return f"{value:.2f}" if kept else f"[red]{value:.2f}[/red]"


if __name__ == "__main__":
    tyro.cli(main)
