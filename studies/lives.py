"""Lives and their controls, lived side by side on the cores there are, and statistics over them."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap

import agent
import worlds
from agent import Mind, MindConfig, live
from agent.babble import babbling
from agent.files import write_arrays

Control = Literal["mind", "fearless", "random"]
Progress = Callable[[float, str], None]
K = TypeVar("K", bound=str)
T = TypeVar("T")


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
    world = worlds.make("playroom", seed=seed, film=1)
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


def fingerprint() -> str:
    """Returns a digest of the code that lives: a kept life is good only as long as it is the same."""
    root = Path(agent.__file__).parents[1]
    files = sorted(path for room in ("worlds", "intrinsic", "agent") for path in (root / room).rglob("*.py"))
    code = b"".join(path.read_bytes() for path in (*files, Path(__file__)))
    return hashlib.sha256(code + repr(versions()).encode()).hexdigest()[:12]


def kept(folder: Path, control: Control, seed: int, steps: int) -> Trace:
    """Returns a life of this code from the folder, where it is lived when it is not there yet."""
    path = folder / f"{control}-{seed}-{steps}-{fingerprint()}.npz"
    if path.exists():
        with np.load(path, allow_pickle=False) as file:
            names = tuple(map(str, file["names"]))
            counts = dict(zip(names, map(int, file["counts"]), strict=True))
            return Trace(file["toys"], file["touching"], file["on_plate"], names, counts)
    life = trace(control, seed, steps)
    touched = np.array([life.touched[name] for name in life.names])
    write_arrays(path, {
        "toys": life.toys, "touching": life.touching, "on_plate": life.on_plate,
        "names": np.array(life.names), "counts": touched,
    })  # fmt: skip
    return life


def traces(
    controls: tuple[Control, ...], seeds: tuple[int, ...], steps: int, progress: Progress, folder: Path
) -> dict[Control, list[Trace]]:
    """Lives every control with every seed, one process a core; the order of results is that of the seeds.

    Lives are kept in the folder, so that a study that was stopped goes on where it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(control, seed) for control in controls for seed in seeds]
    found = side_by_side(partial(kept, folder, steps=steps), jobs, progress)
    return {control: [found[control, seed] for seed in seeds] for control in controls}


def side_by_side(
    work: Callable[[K, int], T], jobs: Sequence[tuple[K, int]], progress: Progress
) -> dict[tuple[K, int], T]:
    """Does work for every (what, seed), one process a core, and returns what came of each."""
    found: dict[tuple[K, int], T] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, os.cpu_count() or 1), mp_context=context) as pool:
        running = {pool.submit(work, *job): job for job in jobs}
        try:
            for done in as_completed(running):
                found[running[done]] = done.result()
                progress(len(found) / len(jobs), "{} {}".format(*running[done]))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


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
    also: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Returns what a study hands in: its numbers, their controls, and what they depend on.

    Args:
        study: Its name.
        seeds: Of its lives.
        steps: How long each was.
        metrics: What `metric` returned, by name.
        controls: The same of what the metrics are held against.
        also: Versions of what this study alone depends on.
        **more: Anything else that it tells.
    """
    found = {"study": study, "seeds": list(seeds), "steps": steps, "metrics": metrics, "controls": controls}
    return {**found, **more, "versions": {**versions(), **(also or {})}}


def versions() -> dict[str, str]:
    """Returns the versions of what numbers depend on."""
    return {name: version(name) for name in ("housecat", "torch", "numpy", "pybullet", "gymnasium")}
