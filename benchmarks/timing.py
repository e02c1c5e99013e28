"""What the benchmarks share: timing by turns, and keeping what was measured with what it depends on."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from housecat.core.versions import version, versions

Call = Callable[[], object]


def median_ms(call: Call, repeats: int) -> float:
    """Returns the median processor time of a call (ms); one more, which comes first, warms up."""
    return by_turns({"call": call}, repeats, time.process_time)["call"]


def by_turns(
    calls: Mapping[str, Call], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Returns the median time of each call (ms), made by turns; one more of each, which comes first, warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats + 1):
        for name, call in calls.items():
            started = clock()
            call()
            seconds[name].append(clock() - started)
    return {name: 1e3 * float(np.median(each[1:])) for name, each in seconds.items()}


def save(result: Mapping[str, Any], path: Path) -> None:
    """Writes what was measured, with versions and machine, as JSON."""
    machine = {"processor": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    whole = {**result, "versions": {**versions(), "housecat": version()}, "machine": machine}
    path.write_text(json.dumps(whole, indent=2) + "\n")
