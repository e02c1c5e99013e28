"""What a study hands in: its result.json and its figure.png."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from housecat.core.atomic_write import write_text
from housecat.core.versions import version, versions
from studies.common.stats import INTERVAL

DPI = 110
Metrics = Mapping[str, dict[str, Any]]


def save_result(
    study: str,
    out: Path,
    seeds: Sequence[int],
    steps: Any,
    metrics: Metrics,
    controls: Mapping[str, Metrics],
    figure: Figure,
    **details: Any,
) -> dict[str, Any]:
    """Writes result.json and figure.png into a folder, and returns the result.

    Args:
        study: Name of the study.
        out: The folder; it is made if it does not exist.
        seeds: Seeds that were run.
        steps: Steps of each seed, or what stands in for them; None where every part has its own.
        metrics: What the study measured, by name, see `studies.common.stats.metric`.
        controls: The same of what the metrics are compared with, by control and name.
        figure: Picture of the result.
        **details: Anything else that belongs to the result.
    """
    command = f"housecat study {study} --seeds {' '.join(map(str, seeds))}"
    result = {
        "study": study,
        "command": command + (f" --steps {steps}" if isinstance(steps, int) else ""),
        "seeds": list(seeds),
        "steps": steps,
        "metrics": dict(metrics),
        "controls": {name: dict(group) for name, group in controls.items()},
        "interval": INTERVAL,
        **details,
        "versions": {**versions(), "housecat": version()},
    }
    out.mkdir(parents=True, exist_ok=True)
    figure.savefig(out / "figure.png", dpi=DPI)
    write_text(out / "result.json", json.dumps(result, indent=2, allow_nan=False) + "\n")
    return result
