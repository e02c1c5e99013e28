"""What is out of sight is not out of mind: the error of where a hidden thing is believed to be.

A body goes from thing to thing in the playroom and turns its head; toys are poked now and then, so that some roll away
while nobody looks. It senses only the things in view. A newborn mind with beliefs learns from the first part of that
recording and is measured on the last, with the ground truth: the error of the believed position of a toy 1, 5 and 10
control steps after it was seen last, of all toys and of those that moved when they went out of view. Controls: where it
was last seen, that position moved on at the velocity it had, and what a mind without beliefs has of it, the middle of
the room.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.figure import Figure
from scipy.stats import spearmanr

import worlds
from agent import Mind, MindConfig
from agent.perception.belief import MIN_PRESENCE, freeze_unseen
from agent.perception.obs_spec import as_tensors
from housecat.core.obs_layout import THINGS
from studies.common.datasets import SENSES, TOYS, Recording, record_play
from studies.common.plotting import subplots
from studies.common.probes import TRAINED
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import metric

STEPS = 3000  # of the recording
POKE_CHANCE = 0.08  # share of the steps
AT = (1, 5, 10)  # steps after a thing was last seen
MOVING = 0.1  # m/s
STEP_SECONDS = 0.2
KINDS = "all", "moving"  # toys: all that are out of view, and those that moved when they were seen last
ESTIMATES = {"belief": "tab:orange", "last seen": "tab:gray", "constant speed": "tab:blue", "absent": "tab:red"}
Floats = npt.NDArray[np.float64]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of the recording. See the package for what it returns."""
    jobs = [("all estimates", seed) for seed in seeds]
    found = run_jobs(partial(_measure, steps=steps), jobs, progress, out / "jobs")
    groups: dict[str, dict[str, Any]] = {estimate: {} for estimate in ESTIMATES}
    for key in found[jobs[0]]:
        estimate, slash, name = key.partition("/")
        if slash:
            values = (found[job][key] for job in jobs)
            groups[estimate][name] = metric(
                values, "m from where it is", "lower", (0.0, np.inf), "no toy was hidden so"
            )
    metrics, controls = groups["belief"], {name: group for name, group in groups.items() if name != "belief"}
    doubt = (found[job]["doubt"] for job in jobs)
    metrics["doubt"] = metric(doubt, "rank correlation of doubt and error", "higher", (-1.0, 1.0))
    return save_result("object_permanence", out, seeds, steps, metrics, controls, _draw(groups))


def _measure(_: str, seed: int, steps: int) -> dict[str, float]:
    recording = record_play(seed, steps, poke_chance=POKE_CHANCE, things="seen")
    world = worlds.make("playroom", seed=seed, frames_per_step=1, things="seen")
    mind = Mind.born(world, seed=seed, config=MindConfig.of({"model.belief": True}))
    world.close()
    cut = int(TRAINED * steps)
    track(mind, recording, 0, cut, learn=True)
    return errors(recording, *track(mind, recording, cut, steps, learn=False), cut)


def track(mind: Mind, recording: Recording, start: int, stop: int, learn: bool) -> tuple[Floats, Floats]:
    """Lets a mind track things through a recording; returns believed positions (T, K, 2) and doubts (T, K).

    Args:
        mind: A mind with beliefs.
        recording: What `record_play` returned.
        start: First step.
        stop: Step after the last.
        learn: Whether the mind learns meanwhile.
    """
    belief, positions, doubts = mind.belief, [], []
    assert belief is not None
    for t in range(start, stop):
        now, then = (as_tensors({name: recording[name][i] for name in SENSES}, mind.shapes) for i in (t, t + 1))
        now, action = belief.fill_hidden(now), torch.from_numpy(recording["action"][t])
        then = belief.update(mind.world_model.predict_things, now, then)
        mind.perception.update_statistics(freeze_unseen(now, then), then)
        positions.append(then["things"][:, THINGS.position_xy].double().numpy().copy())
        doubts.append(belief.position_std.double().numpy().copy())
        if learn:
            mind.memory.add(now, action, then, {})
            mind.learn()
    return np.stack(positions), np.stack(doubts)


def errors(recording: Recording, positions: Floats, doubts: Floats, start: int) -> dict[str, float]:
    """Returns mean errors (m) by estimate, by which toys, and by steps since they were seen (``"belief/moving_5"``).

    Where there was no such toy the error is nan. ``"doubt"`` is the rank correlation of doubt and error.

    Args:
        recording: What `record_play` returned, with the ground truth.
        positions: (T, K, 2) believed positions, after each step from `start` on.
        doubts: (T, K) doubts about them.
        start: First step.
    """
    truth = recording["toys"][start + 1 : start + 1 + len(positions), :, :2].astype(float)
    rows = recording["things"][start + 1 : start + 1 + len(positions)].astype(float)
    found: dict[str, list[float]] = {f"{name}/{kind}_{at}": [] for name in ESTIMATES for kind in KINDS for at in AT}
    doubt_and_error: list[tuple[float, float]] = []
    for k in range(TOYS):
        last, velocity, hidden = None, np.zeros(2), 0
        for t in range(len(rows)):
            if rows[t, k, THINGS.present] >= MIN_PRESENCE:
                last, velocity, hidden = rows[t, k, THINGS.position_xy], rows[t, k, THINGS.velocity_xy], 0
                continue
            hidden += 1
            if last is None or hidden not in AT:
                continue
            estimates = {
                "belief": positions[t, k],
                "last seen": last,
                "constant speed": last + STEP_SECONDS * hidden * velocity,
                "absent": np.zeros(2),
            }
            kinds = KINDS if np.linalg.norm(velocity) > MOVING else KINDS[:1]
            for name, estimate in estimates.items():
                for kind in kinds:
                    found[f"{name}/{kind}_{hidden}"].append(float(np.linalg.norm(estimate - truth[t, k])))
            doubt_and_error.append((float(doubts[t, k]), found[f"belief/all_{hidden}"][-1]))
    means = {name: float(np.mean(values)) if values else float("nan") for name, values in found.items()}
    enough = len(doubt_and_error) > 2
    correlation = float(spearmanr(*zip(*doubt_and_error, strict=True)).statistic) if enough else float("nan")
    return means | {"doubt": correlation}


def _draw(groups: dict[str, dict[str, Any]]) -> Figure:
    figure, [axes] = subplots(1, 2)
    for axis, kind in zip(axes, KINDS, strict=True):
        for name, group in groups.items():
            values = [group[f"{kind}_{at}"]["value"] for at in AT]
            shown = [np.nan if value is None else value for value in values]
            axis.plot(AT, shown, marker="o", color=ESTIMATES[name], label=name)
        axis.set(title=f"{kind} toys out of view", xlabel="control steps since seen", ylabel="error (m)", xticks=AT)
        axis.set(yscale="log")
    axes[0].legend(frameon=False)
    return figure
