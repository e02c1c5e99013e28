"""What is out of sight is not out of mind: how far off a hidden thing is believed to be.

A body goes from thing to thing in the playroom and turns its head; toys are poked now and then, so that some roll away
while nobody looks. It senses only the things in view. A newborn mind with beliefs learns from the first part of that
life and is measured on the last, with the truth: the error of the believed place of a toy 1, 5 and 10 control steps
after it was seen last, of all toys and of those that moved when they went out of view. Controls: where it was last
seen, that place carried on at the speed it had, and what a mind without beliefs has of it, the middle of the room.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

from housecat.core.obs_layout import THINGS

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import spearmanr

import worlds
from agent import Mind, MindConfig
from agent.perception.belief import LEAST, steady
from agent.perception.obs_spec import sensed
from studies.common.datasets import Arrays, record
from studies.common.lives import metric, result
from studies.common.probes import TRAINED
from studies.common.runner import Progress, side_by_side

STEPS = 3000
POKES = 0.08  # of the steps
AT = (1, 5, 10)  # steps after a thing was last seen
MOVING = 0.1  # m/s
TOYS = 6
WHO = {"belief": "tab:orange", "last seen": "tab:gray", "constant speed": "tab:blue", "absent": "tab:red"}
Floats = npt.NDArray[np.float64]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Records, learns, measures and draws; `steps` is the length of the life."""
    found = side_by_side(partial(_life, steps=steps), [("all", seed) for seed in seeds], progress, out / "lives")
    each = [found["all", seed] for seed in seeds]
    groups: dict[str, dict[str, Any]] = {who: {} for who in WHO}
    for who, group in groups.items():
        for name in each[0]:
            if name.startswith(f"{who}/"):
                values = [it[name] for it in each if np.isfinite(it[name])]
                if values:
                    unit = f"m from where it is, {len(values)} lives"
                    group[name.removeprefix(f"{who}/")] = metric(values, unit, "lower")
    metrics = groups.pop("belief")
    metrics["doubt"] = metric((it["doubt"] for it in each), "rank correlation of doubt and error", "higher")
    _draw({"belief": metrics, **groups}, out / "figure.png")
    return result("object_permanence", seeds, steps, metrics, groups)


def _life(_: str, seed: int, steps: int) -> dict[str, float]:
    life = record(seed, steps, pokes=POKES, things="seen")
    world = worlds.make("playroom", seed=seed, frames_per_step=1, things="seen")
    mind = Mind.born(world, seed=seed, config=MindConfig(belief=True))
    world.close()
    cut = int(TRAINED * steps)
    followed(mind, life, 0, cut, learn=True)
    return errors(life, *followed(mind, life, cut, steps, learn=False), cut)


def followed(mind: Mind, life: Arrays, start: int, stop: int, learn: bool) -> tuple[Floats, Floats]:
    """Lets a mind live through a recorded stretch; returns places (T, K, 2) it believes in and doubts (T, K)."""
    belief, places, doubts = mind.belief, [], []
    assert belief is not None
    for t in range(start, stop):
        now, then = (
            sensed({name: life[name][i] for name in ("body", "touch", "things", "vitals")}, mind.shapes)
            for i in (t, t + 1)
        )
        now, action = belief.fill(now), torch.from_numpy(life["action"][t])
        then = belief.follow(mind.world_model, now, then)
        mind.perception.observe(steady(now, then), then)
        places.append(then["things"][:, THINGS.position_xy].double().numpy().copy())
        doubts.append(belief.doubt.double().numpy().copy())
        if learn:
            mind.memory.add(now, action, then, {})
            mind.learn()
    return np.stack(places), np.stack(doubts)


def errors(life: Arrays, places: Floats, doubts: Floats, start: int) -> dict[str, float]:
    """Returns the mean errors (m) by who says where, how moving, and when; nan where nothing of the kind happened.

    Args:
        life: As it was recorded, with the truth.
        places: (T, K, 2) that were believed, after each step from `start` on.
        doubts: (T, K) of these.
        start: First step.
    """
    truth = life["toys"][start + 1 : start + 1 + len(places), :, :2].astype(float)
    rows = life["things"][start + 1 : start + 1 + len(places)].astype(float)
    found: dict[str, list[float]] = {f"{who}/{kind}_{at}": [] for who in WHO for kind in ("all", "moving") for at in AT}
    sure: list[tuple[float, float]] = []
    for k in range(TOYS):
        last, speed, hidden = None, np.zeros(2), 0
        for t in range(len(rows)):
            if rows[t, k, THINGS.present] >= LEAST:
                last, speed, hidden = rows[t, k, THINGS.position_xy], rows[t, k, THINGS.velocity_xy], 0
                continue
            hidden += 1
            if last is None or hidden not in AT:
                continue
            guesses = {
                "belief": places[t, k],
                "last seen": last,
                "constant speed": last + 0.2 * hidden * speed,
                "absent": np.zeros(2),
            }
            kinds = ("all", "moving") if np.linalg.norm(speed) > MOVING else ("all",)
            for who, guess in guesses.items():
                for kind in kinds:
                    found[f"{who}/{kind}_{hidden}"].append(float(np.linalg.norm(guess - truth[t, k])))
            sure.append((float(doubts[t, k]), found[f"belief/all_{hidden}"][-1]))
    means = {name: float(np.mean(values)) if values else float("nan") for name, values in found.items()}
    return means | {"doubt": float(spearmanr(*zip(*sure, strict=True)).statistic) if len(sure) > 2 else float("nan")}


def _draw(groups: dict[str, dict[str, Any]], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, kind in zip(axes, ("all", "moving"), strict=True):
        for who, group in groups.items():
            values = [group.get(f"{kind}_{at}", {"value": np.nan})["value"] for at in AT]
            axis.plot(AT, values, marker="o", color=WHO[who], label=who)
        axis.set(title=f"{kind} toys out of view", xlabel="control steps since seen", ylabel="error (m)", xticks=AT)
        axis.set(yscale="log")
    axes[0].legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
