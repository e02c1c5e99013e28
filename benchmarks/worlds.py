"""How fast and how exact the worlds are: python benchmarks/worlds.py. Prints a table, keeps benchmarks/worlds.json.

A step is measured as worlds are made through Gymnasium, and again with the six recorded poses per step that windows
show. Times are of the processor (`time.process_time`), so that what else the machine does counts little; all but the
async vector's, which wants two free cores. Peers (panda-gym, pybullet_envs_gymnasium) run beside ours in a virtual
environment of their own, which this makes.
The bars' own numbers, hours long: --steps 10000 --processes 3 --seeds 0 1 2 3 4 --resets-counted 1000 --long 100000.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # or this file would be what `import worlds` finds

import gymnasium
import tyro
from gymnasium.utils.env_checker import check_env
from peer_worlds import peers
from rich.console import Console
from rich.table import Table
from world_speed import eyes, overhead, resets

import worlds
from worlds.registry import gym_id
from worlds.testing.random_script import random_script
from worlds.testing.replay_log import record

HERE = Path(__file__).with_suffix(".json")
ROOT = Path(__file__).parent.parent
REPLAY = """import sys
from worlds.testing.replay_log import ReplayLog, replay
log = ReplayLog.load(sys.argv[1])
for start in map(int, sys.argv[2:]):
    print(replay(log, start))"""
BARS = {
    "step over raw substeps": ("<=", 1.10),
    "the same, filmed to be watched": ("", 0.0),
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
    """Lives a log again in other processes, from its start and from a keyframe; returns where it parted."""
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

    def live(many: int) -> None:
        for action, events in random_script(world, 1, many, pokes=10):
            for event in events:
                if event.target in movable:
                    world.apply(event)
            world.step(action)

    movable = {thing.name for thing in world._things if thing.movable}
    for _ in range(100):
        world.reset()
    live(200)
    start = _resident()
    for _ in range(count):
        world.reset()
    middle = _resident()
    live(steps)
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
    return [str(it.message) for it in caught]


def main(
    steps: int = 400,
    seeds: tuple[int, ...] = (0,),
    processes: int = 3,
    resets_counted: int = 1000,
    long: int = 2000,
    which: tuple[str, ...] = (),
    beside: bool = True,
    out: Path = HERE,
) -> None:
    """Measures.

    Args:
        steps: Control steps of each replay, and of each timing.
        seeds: Lives replayed in each world.
        processes: That replay each life.
        resets_counted: Resets over which memory is watched.
        long: Steps over which memory is watched.
        which: Worlds; all when not given.
        beside: Measure the peers, too.
        out: Where to keep the numbers.
    """
    ours: dict[str, dict[str, Any]] = {}
    for name in which or worlds.names():
        parted = [it for seed in seeds for it in mismatches(name, seed, steps, processes)]
        ours[name] = {
            "step over raw substeps": overhead(name, steps, frames_per_step=1),
            "the same, filmed to be watched": overhead(name, steps),
            **resets(name),
            "replay mismatches": len(parted),
            "parted": parted,
            **memory(name, resets_counted, long),
            "two async worlds over one": vector(name, min(steps, 200)),
            "warnings of both checkers": len(warned(name)),
        }
        Console(stderr=True).print(f"{name} done")
    drawn = eyes()
    result = {
        "worlds": ours,
        "eye": drawn,
        "peers": peers(min(steps, 200)) if beside else {},
        "asked": {"steps": steps, "seeds": seeds, "processes": processes, "resets": resets_counted, "long": long},
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
    }
    out.write_text(json.dumps(result, indent=2) + "\n")
    table = Table("what", "bar", *ours, "peers")
    for row, (sign, bar) in BARS.items():
        cells = [_shown(numbers.get(row, drawn.get(row)), sign, bar) for numbers in ours.values()]
        beside_it = [f"{peer} {found[row]:.2f}" for peer, found in result["peers"].items() if row in found]
        table.add_row(row, f"{sign} {bar:g}" if sign else "", *cells, "\n".join(beside_it))
    Console(width=150).print(table)  # narrower it cannot be read


def _shown(value: float | None, sign: str, bar: float) -> str:
    if value is None:
        return ""
    kept = not sign or (value <= bar if sign == "<=" else value >= bar)
    return f"{value:.2f}" if kept else f"[red]{value:.2f}[/red]"


if __name__ == "__main__":
    tyro.cli(main)
