"""The executive attends to few things, and plans cheaper for it, without playing less.

Twelve things are in the playroom: toys, plate and feeder, a lamp and its switch, a television and its knob. The shipped
kitten lives there under each rule of the executive, with four things attended; its nets do not learn there, but for
what the rule ``learned`` goes by, which has its lessons from the kitten's own memory beforehand. ``whole`` is the
fixed rule with all that the executive can choose: attention, horizon, and drives by need. Controls: ``all`` attends to
all twelve things, ``random`` to any four. What planning costs is measured apart: all of them decide in the same
moments, one after the other in one process, and each is held against ``all`` in the same moment, in seconds of
processor time.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import worlds
from agent import Mind, live
from agent.relevance import FIRST
from studies.lives import Progress, Trace, metric, side_by_side, versions
from studies.play import cells
from worlds import World

STEPS = 1000
THINGS, FEW = 12, 4
TIMED = 40  # moments in which planning is timed
LESSONS = FIRST // FEW
RULES: dict[str, dict[str, Any]] = {
    "all": {"configurator": "near", "attend": THINGS},
    "near": {"configurator": "near", "attend": FEW},
    "fixed": {"configurator": "fixed", "attend": FEW},
    "learned": {"configurator": "learned", "attend": FEW},
    "whole": {"configurator": "fixed", "attend": FEW, "urgent": True, "lookahead": True},
    "random": {"configurator": "random", "attend": FEW},
}
CONTROLS = "all", "random"


def room(seed: int) -> World:
    """Returns a playroom with twelve things."""
    return worlds.make("playroom", seed=seed, film=1, lamp=True, television=True)


def kitten(rule: str, seed: int) -> Mind:
    """Returns the shipped kitten, set by a rule; what its nets have learnt is its own."""
    shipped = Mind.load("kitten")
    mind = Mind(dict(shipped.shapes), shipped.actions, replace(shipped.config, **RULES[rule]), seed)
    mind.check()
    mind.load_state_dict({**mind.state_dict(), **shipped.state_dict()})
    mind.memory, mind.steps = shipped.memory, shipped.steps
    for _ in range(LESSONS):
        mind.executive.learn(mind.mixture, mind.memory, mind.generator, 0)
    return mind


def life(rule: str, seed: int, steps: int) -> Trace:
    """Lives under a rule, and notes what the world knows of the toys."""
    world, mind = room(seed), kitten(rule, seed)
    truth = world.truth()
    loose = [i for i, name in enumerate(world.things) if name.split()[-1] in ("ball", "cube", "drum")]
    names = [world.things[i] for i in loose]
    toys, touching, touched = [truth["things.position"][loose, :2]], [], dict.fromkeys(names, 0)
    for _ in live(world, mind, steps, learn=False):
        truth = world.truth()
        met = {name for _, name, _ in truth["contacts"] if name in touched}
        for name in met:
            touched[name] += 1
        toys.append(truth["things.position"][loose, :2])
        touching.append(bool(met))
    world.close()
    return Trace(np.stack(toys), np.array(touching), np.zeros(0, bool), tuple(names), touched)


def seconds(seed: int, moments: int = TIMED) -> dict[str, float]:
    """Returns how many times cheaper than attending to all things each rule decides, and the ms that ``all`` takes."""
    world, minds = room(seed), {rule: kitten(rule, seed) for rule in RULES}
    for mind in minds.values():
        mind.fits(world)
    took: dict[str, list[float]] = {rule: [] for rule in RULES}
    for _ in range(moments):
        obs = world.observe()
        for rule, mind in minds.items():
            started = time.thread_time()
            action, _ = mind.act(obs)
            took[rule].append(time.thread_time() - started)
            if rule == "whole":
                taken = action
        world.step(taken)
    world.close()
    every = np.array(took["all"])
    return {rule: float(np.median(every / np.array(took[rule]))) for rule in RULES} | {
        "ms": 1e3 * float(np.median(every))
    }


def _job(what: str, seed: int, steps: int) -> Any:
    torch.set_num_threads(1)
    return seconds(seed, min(TIMED, steps)) if what == "seconds" else life(what, seed, steps)


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS, rules: tuple[str, ...] = tuple(RULES)
) -> dict[str, Any]:
    """Lives, times and draws. See the package for what it returns."""
    jobs = [(what, seed) for seed in seeds for what in ("seconds", *rules)]
    found = side_by_side(partial(_job, steps=steps), jobs, progress)
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {"all/decision": metric((found["seconds", s]["ms"] for s in seeds), "ms", "lower")}
    lives: dict[str, list[Trace]] = {rule: [found[rule, seed] for seed in seeds] for rule in rules}
    for rule, led in lives.items():
        group = controls if rule in CONTROLS else metrics
        share = [float(it.touching.mean()) for it in led]
        group[f"{rule}/share"] = metric(share, "share of steps touching a toy", "higher")
        group[f"{rule}/cells"] = metric(map(cells, led), "cells visited by toys", "higher")
        if rule != "all":
            cheaper = (found["seconds", seed][rule] for seed in seeds)
            group[f"{rule}/cheaper"] = metric(cheaper, f"times cheaper to plan than attending to {THINGS}", "higher")
            if "all" in lives:
                base = [float(it.touching.mean()) for it in lives["all"]]
                less = (a - b for a, b in zip(share, base, strict=True))
                group[f"{rule}/share_over_all"] = metric(less, "share of steps touching a toy, more than all", "higher")
                wide = (cells(a) / cells(b) for a, b in zip(led, lives["all"], strict=True))
                group[f"{rule}/cells_over_all"] = metric(wide, "of the cells under all", "higher")
    _draw({**controls, **metrics}, rules, out / "figure.png")
    return {
        "study": "attention",
        "seeds": list(seeds),
        "steps": steps,
        "metrics": metrics,
        "controls": controls,
        "touched": {rule: [it.touched for it in led] for rule, led in lives.items()},
        "versions": versions(),
    }


def _draw(found: dict[str, Any], rules: tuple[str, ...], path: Path) -> None:
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
    for axis, (name, title) in zip(
        axes,
        (("share", "share of steps with a toy"), ("cells", "cells toys visited"), ("cheaper", "times cheaper")),
        strict=True,
    ):
        for i, rule in enumerate(rules):
            it = found.get(f"{rule}/{name}")
            if it is not None:
                low, high = (abs(it["value"] - edge) for edge in it["ci95"])
                color = "tab:gray" if rule in CONTROLS else "tab:orange"
                axis.bar(i, it["value"], 0.6, yerr=[[low], [high]], color=color)
                axis.plot([i] * len(it["each"]), it["each"], "k.", ms=4)
        axis.set(title=title, xticks=range(len(rules)))
        axis.set_xticklabels(rules)
    figure.savefig(path, dpi=110)
    plt.close(figure)
