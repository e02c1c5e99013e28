"""Times the objectives, judging and learning, per transition: housecat's and rllte-core's, side by side.

    python benchmarks/objectives.py            # makes .venv-peers the first time
    python benchmarks/objectives.py --peers /path/to/python --out benchmarks/objectives.json

A batch is 128 steps of 8 lives, 32 numbers each, one thread, nets of the peer's sizes (32-256-128); learning is one
pass in parts of 256. Both sides take turns, and the least processor time of all rounds counts.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from timing import save
from torch import Tensor, nn

from agent.world_model.ensemble_mlp import EnsembleMLP
from intrinsic import Objective
from intrinsic.nets import TokenPool, freeze
from intrinsic.novelty.e3b import E3B
from intrinsic.novelty.state_entropy import StateEntropy
from intrinsic.prediction.disagreement import Disagreement
from intrinsic.prediction.icm import ICM
from intrinsic.prediction.rnd import RND

ROOT = Path(__file__).parents[1]
T, B, PART, ACTIONS = 128, 8, 256, 4
PEER = ("rllte-core==1.0.1", "termcolor", "pynvml", "nvidia-ml-py")
MEMBERS = 4  # as the peer's ensemble has
BARS = {"rnd": 12.0, "icm": 30.0, "disagreement": 30.0, "e3b": 30.0, "state_entropy": 120.0}
SIZES = {"hidden": 256, "size": 128}
MAKE: dict[str, Callable[[], Objective]] = {
    "rnd": lambda: RND(**SIZES),
    "icm": lambda: ICM(**SIZES),
    "disagreement": lambda: Disagreement(tokens="all"),
    "e3b": lambda: E3B(**SIZES),
    "state_entropy": lambda: StateEntropy(k=5, **SIZES),
}


class Model(nn.Module):
    """What a host offers to disagreement: an ensemble over random features, in the peer's sizes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.features = freeze(TokenPool((1, width), 256, 128))
        self.net = EnsembleMLP(MEMBERS, (128 + ACTIONS, 256, 128))

    def mean(self, view: dict[str, Tensor]) -> Tensor:
        """Returns what each member predicts, (E, T, B, 1, 128)."""
        given = torch.cat([self.features(view["latent.before"]), view["action"]], -1)
        out = self.net(given.flatten(0, -2).expand(MEMBERS, -1, -1))
        return out.view(MEMBERS, *view["action"].shape[:-1], 1, -1)

    def loss(self, view: dict[str, Tensor], order: Tensor) -> Tensor:
        """Returns the error of each member on its part of the transitions."""
        both = torch.stack([view["latent.before"], view["latent"]]).flatten(1, 2)
        before, after = self.features(both).unbind(0)
        given = torch.cat([before, view["action"].flatten(0, 1)], -1)[order].view(MEMBERS, -1, 128 + ACTIONS)
        return (self.net(given) - after[order].view(MEMBERS, -1, 128)).square().mean()


def batch(width: int, seed: int) -> dict[str, Tensor]:
    """Returns random transitions, (T, B)."""
    g = torch.Generator().manual_seed(seed)
    before, after = torch.randn(2, T, B, 1, width, generator=g)
    action = nn.functional.one_hot(torch.randint(0, ACTIONS, (T, B), generator=g), ACTIONS).float()
    return {"latent.before": before, "latent": after, "action": action, "attended": torch.ones(T, B, 1)}


def measure(name: str, width: int, rounds: int, age: int = 0) -> float:
    """Returns microseconds per transition, the least of some rounds, after `age` batches were observed."""
    torch.manual_seed(0)
    objective, view = MAKE[name](), batch(width, 0)
    model = Model(width) if name == "disagreement" else None
    objective.build(view)
    learnt = [p for module in (objective, model) if module for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=1e-3, fused=True) if learnt else None
    times = []
    for seed in range(rounds + age):
        view, order = batch(width, seed), torch.randperm(T * B)
        memory = objective.begin((B,)) if objective.memory == "episode" else None
        if seed < age:
            objective.observe(view)
            continue
        started = time.process_time()
        with torch.no_grad():
            seen = {**view, "mean": model.mean(view)} if model else view
            _ = objective.cost(seen) if memory is None else objective.sequence_cost(seen, memory)
            objective.observe(seen)
        if optimizer is not None:
            flat = {key: tensor.flatten(0, 1) for key, tensor in view.items()}
            for part in order.split(PART if model is None else T * B):
                loss = model.loss(view, part) if model else objective.loss({k: t[part] for k, t in flat.items()})
                assert loss is not None
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
        times.append(time.process_time() - started)
    return min(times) / (T * B) * 1e6


def encoder_cost(rounds: int) -> float:
    """Returns microseconds per transition of one shared encoder, which makes 64 numbers of an image 3 x 64 x 64."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 16, 4, 2, 1),
        nn.LeakyReLU(),
        nn.Conv2d(16, 32, 4, 2, 1),
        nn.LeakyReLU(),
        nn.Conv2d(32, 32, 4, 2, 1),
        nn.LeakyReLU(),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Linear(512, 64),
    )
    images, times = torch.randint(0, 256, (T * B, 3, 64, 64), dtype=torch.uint8), []
    for _ in range(rounds):
        started = time.process_time()
        with torch.no_grad():
            for part in images.split(PART):
                net(part.float() / 255.0)
        times.append(time.process_time() - started)
    return min(times) / (T * B) * 1e6


def ours(rounds: int) -> dict[str, dict[str, float]]:
    """Returns our times."""
    vector = {name: measure(name, 32, rounds) for name in MAKE}
    vector["state_entropy, old"] = measure("state_entropy", 32, rounds, age=20)
    image = {name: measure(name, 64, rounds) for name in MAKE}
    return {"vector": vector, "image": {**image, "shared encoder": encoder_cost(rounds)}}


def peer_python() -> Path:
    """Returns a Python that has rllte-core; makes its environment the first time.

    The environment sees what is installed here, behind what is its own: torch need not be installed twice.
    """
    folder = ROOT / ".venv-peers"
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        print("Making .venv-peers with rllte-core 1.0.1", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        here = sysconfig.get_path("purelib")
        (folder / "lib" / version / "site-packages" / "here.pth").write_text(f"{here}\n")
        pip = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--ignore-installed"]
        subprocess.run([*pip, *PEER], check=True)
        (folder / "made").touch()  # if making it is interrupted, it is made anew
    return python


def theirs(python: Path, rounds: int, images: int) -> dict[str, dict[str, float]]:
    """Returns the peer's times, and what it failed at."""
    command = [str(python), "-W", "ignore", str(Path(__file__).with_name("peer_rllte.py")), str(rounds), str(images)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
    if done.returncode:  # its message is on stderr already
        sys.exit(f"the peer could not be measured: {python} ended with status {done.returncode}")
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def least(one: dict[str, float], two: dict[str, float]) -> dict[str, float]:
    """Returns the lesser of two times of each name."""
    return {name: min(one.get(name, math.inf), two.get(name, math.inf)) for name in {**one, **two}}


def main() -> None:
    """Measures in turn, prints a table, and keeps the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, help="a Python that has rllte-core; made in .venv-peers when not given")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    python = options.peers or peer_python()
    mine: dict[str, dict[str, float]] = {"vector": {}, "image": {}}
    peer: dict[str, dict[str, float]] = {"vector": {}, "image": {}}
    failed: dict[str, Any] = {}
    for turn in range(options.turns):
        print(f"Turn {turn + 1} of {options.turns}", file=sys.stderr)
        beside = theirs(python, options.rounds, 1 - min(turn, 1))  # images, which take it long, once
        failed |= beside["failed"]
        for found, into in ((ours(options.rounds), mine), (beside, peer)):
            for where in ("vector", "image"):
                into[where] = least(into[where], found[where])
    table = Table(title="microseconds per transition to judge and learn (128 x 8, one thread)")
    for head in ("objective", "housecat", "rllte-core 1.0.1", "bar", "images, beyond encoder", "rllte on images"):
        table.add_column(head, justify="left" if head == "objective" else "right", no_wrap=head == "objective")
    for name, value in {**mine["vector"], "shared encoder": mine["image"]["shared encoder"]}.items():
        rest = [peer["vector"].get(name), BARS.get(name), mine["image"].get(name), peer["image"].get(name)]
        table.add_row(name, f"{value:.1f}", *("" if number is None else f"{number:.1f}" for number in rest))
    Console().print(table)
    for name, why in failed.items():
        print(f"rllte-core failed at {name}: {why}")
    save({"ours": mine, "rllte-core": {**peer, "failed": failed}, "bars": BARS}, options.out)
    print(f"Kept in {options.out}")


if __name__ == "__main__":
    main()
