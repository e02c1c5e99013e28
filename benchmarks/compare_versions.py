"""Compares the speed of two checkouts: python benchmarks/compare_versions.py OLD NEW.

Each checkout runs in a process of its own: a learning newborn and the shipped kitten, from the same seeds, so that both
do the same work. The two processes take turns of a few control steps; the other one waits meanwhile. What else the
machine does slows both down alike, and the ratio of one turn means the same on a slow machine and on a fast one. The
reported ratio is the median over turns of old time over new time: above 1, the new version is faster. In brackets is
the 95 % interval of the median by order statistics (the sign test), which assumes nothing of how times are distributed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import tyro
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import binom
from timing import save

BAR = 0.98  # the least ratio that counts as not slower
WARM_UP = 170  # control steps of the newborn before its first turn: by then it plans, and its nets are compiled
PARTS = ("think", "learn", "env.step")
ROWS = {
    **{f"newborn/{part}": f"newborn: {part}" for part in PARTS},
    "newborn/whole": "newborn: control step",
    **{f"kitten/{part}": f"kitten: {part}" for part in PARTS},
    "kitten/whole": "kitten: control step",
    "planning": "kitten: planning alone",
}

WORKER = Path(__file__).with_name("version_worker.py")


class Checkout:
    """A process that runs one checkout.

    Args:
        path: Root folder of the checkout.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        environment = {**os.environ, "PYTHONPATH": str(self.path), "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(WORKER), str(self.path), str(WARM_UP)],  # -P: not the modules beside the worker
            cwd=self.path,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def answer(self) -> Any:
        """Waits for a line of the process, and returns what it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare_versions: {self.path} ended with status {self.process.wait()}; its error is above")
        return json.loads(line)

    def turn(self, steps: int) -> Any:
        """Runs some control steps, and returns the seconds of each part and a digest of all actions so far."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.wait()


def median_interval(values: list[float], level: float = 0.95) -> tuple[float, float] | None:
    """Returns an interval that covers the median of a distribution, whatever it is; None for too few values.

    Source: order statistics, as in the sign test (Thompson 1936, Annals of Mathematical Statistics 7).
    """
    rank = int(binom.ppf((1 - level) / 2, len(values), 0.5))
    if rank == 0:
        return None
    ordered = sorted(values)
    return ordered[rank - 1], ordered[-rank]


def verdict(ratio: float, interval: tuple[float, float] | None) -> str:
    """Returns ``"slower"`` if all of the interval is below `BAR`, ``"unclear"`` if the ratio alone is, else nothing."""
    if ratio >= BAR:
        return ""
    return "slower" if interval is not None and interval[1] < BAR else "unclear"


def take_turns(checkouts: dict[str, Checkout], turns: int, steps: int) -> dict[str, list[Any]]:
    """Lets both run by turns, each the first as often as the other, and returns their answers."""
    answers: dict[str, list[Any]] = {name: [] for name in checkouts}
    for turn in track(range(turns), "turns", console=Console(stderr=True)):
        for name in list(checkouts) if turn % 2 else reversed(checkouts):
            answers[name].append(checkouts[name].turn(steps))
    return answers


def main(
    old: Annotated[Path, tyro.conf.Positional],
    new: Annotated[Path, tyro.conf.Positional],
    turns: int = 40,
    steps: int = 5,
    out: Path | None = None,
) -> int:
    """Compares the speed of two checkouts; the status is 1 where the new one is slower in any part.

    Args:
        old: Root folder of the old checkout.
        new: Root folder of the new checkout.
        turns: Turns of each; an interval needs at least 6.
        steps: Control steps in each turn.
        out: File for the result as JSON; it is only printed if not given.
    """
    with closing(Checkout(old)) as old_checkout, closing(Checkout(new)) as new_checkout:
        checkouts = {"old": old_checkout, "new": new_checkout}
        for checkout in checkouts.values():  # both warm up at the same time
            checkout.answer()
        answers = take_turns(checkouts, turns, steps)
    table = Table("part", "old, ms", "new, ms", "old / new [95 %]", "verdict")
    found: dict[str, Any] = {}
    for key, words in ROWS.items():
        ms = {name: [1e3 * answer["seconds"][key] / steps for answer in each] for name, each in answers.items()}
        ratios = [a / b for a, b in zip(ms["old"], ms["new"], strict=True)]
        ratio, interval = float(np.median(ratios)), median_interval(ratios)
        medians = {name: float(np.median(each)) for name, each in ms.items()}
        found[key] = {"ms": medians, "ratio": ratio, "ci95": interval, "verdict": verdict(ratio, interval)}
        brackets = f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
        row = words, f"{medians['old']:.2f}", f"{medians['new']:.2f}", f"{ratio:.3f}{brackets}"
        table.add_row(*row, found[key]["verdict"])
    Console().print(table)
    old_digests, new_digests = (each[-1]["digests"] for each in answers.values())
    same = {life: old_digests[life] == digest for life, digest in new_digests.items()}
    for life, equal in same.items():
        print(f"The {life} acts {'alike' if equal else 'differently'} in both.")
    if out is not None:
        save({"turns": turns, "steps": steps, "same_actions": same, "parts": found}, out)
    if any(part["verdict"] == "unclear" for part in found.values()):
        print(
            "Unclear: the ratio is too low, and its interval too wide to tell. Give more --turns, or a quieter machine."
        )
    return int(any(part["verdict"] == "slower" for part in found.values()))


if __name__ == "__main__":
    sys.exit(tyro.cli(main))
