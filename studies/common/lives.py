"""Lives and their controls, and statistics over them. Not a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

import worlds
from agent import Mind, MindConfig, live
from agent.actor.exploration_noise import babbling
from housecat.core.versions import versions
from studies.common.runner import Progress, side_by_side

Control = Literal["mind", "fearless", "random"]
MINDS = "kitten", "cat"  # that are shipped


@dataclass(frozen=True)
class Trace:
    """What a life left behind.

    Attributes:
        toys: (T + 1, K, 2) true places of the toys (m).
        touching: (T,) whether a toy was touched.
        on_plate: (T,) whether the body stood on the hot plate.
        names: Of the toys.
        touched: Steps in which each toy was touched.
    """

    toys: npt.NDArray[np.float32]
    touching: npt.NDArray[np.bool_]
    on_plate: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    touched: dict[str, int]


def config_of(control: Control) -> MindConfig:
    """Returns the settings of a mind: ``mind`` as it is, ``fearless`` without critic and pain."""
    default = MindConfig()
    if control == "mind":
        return default
    wants = {name: weight for name, weight in default.objectives.items() if name != "pain"}
    return MindConfig.from_json({**default.to_json(), "critic": False, "objectives": wants})


def trace(control: Control, seed: int, steps: int) -> Trace:
    """Lives a newborn's life in the playroom, or moves at random there, and notes what the world knows of it."""
    world = worlds.make("playroom", seed=seed, frames_per_step=1)
    if control == "random":
        actions = babbling(world.action_space.shape[0], steps, seed)
        moments: Iterable[Any] = (world.step(action) for action in actions)
    else:
        moments = live(world, Mind.born(world, seed=seed, config=config_of(control)), steps)
    kinds = [name for name in world.things if name not in ("hot plate", "feeder")]
    k = len(kinds)
    toys, touching, on_plate = [world.truth()["things.position"][:k, :2]], [], []
    touched = dict.fromkeys(kinds, 0)
    for _ in moments:
        truth = world.truth()
        names = {name for _, name, _ in truth["contacts"] if name in touched}
        for name in names:
            touched[name] += 1
        toys.append(truth["things.position"][:k, :2])
        touching.append(bool(names))
        on_plate.append(truth["on_plate"])
    world.close()
    return Trace(np.stack(toys), np.array(touching), np.array(on_plate), tuple(kinds), touched)


def traces(
    controls: tuple[Control, ...], seeds: tuple[int, ...], steps: int, progress: Progress, folder: Path
) -> dict[Control, list[Trace]]:
    """Lives every control with every seed, see `side_by_side`; the order of results is that of the seeds."""
    jobs = [(control, seed) for control in controls for seed in seeds]
    found = side_by_side(partial(trace, steps=steps), jobs, progress, folder)
    return {control: [found[control, seed] for seed in seeds] for control in controls}


def metric(values: Iterable[float], unit: str, better: Literal["higher", "lower"]) -> dict[str, Any]:
    """Returns the mean of one value per life with its 95 % bootstrap interval, and the values themselves."""
    data = np.asarray(list(values), float)
    low = high = float(data.mean())
    if len(data) > 1 and np.ptp(data) > 0:
        random = np.random.default_rng(0)
        interval = bootstrap((data,), np.mean, n_resamples=5000, rng=random, method="percentile").confidence_interval
        low, high = float(interval.low), float(interval.high)
    each = [round(float(v), 5) for v in data]
    return {"value": float(data.mean()), "ci95": [low, high], "unit": unit, "better": better, "each": each}


def result(
    study: str,
    seeds: Sequence[int],
    steps: Any,
    metrics: dict[str, Any],
    controls: dict[str, Any],
    **more: Any,
) -> dict[str, Any]:
    """Returns what a study hands in: its numbers, their controls, and what they depend on.

    Args:
        study: Its name.
        seeds: Of its lives.
        steps: How long each was.
        metrics: What `metric` returned, by name.
        controls: The same of what the metrics are held against.
        **more: Anything else that it tells.
    """
    found = {"study": study, "seeds": list(seeds), "steps": steps, "metrics": metrics, "controls": controls}
    return {**found, **more, "versions": versions()}
