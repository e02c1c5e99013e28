"""The configurator attends to few things, and plans cheaper for it, without playing less.

Twelve things are in the room: the playroom's plate and feeder, and ten toys instead of six. The shipped kitten lives
there under each rule of the configurator, with four things attended; its nets do not learn there, except for what the
rule ``learned`` goes by, which learns from the kitten's own memory beforehand. ``whole`` is the rule ``uncertain`` with
all that the configurator can choose: attention, horizon, and drives by need. Controls: ``all`` attends to all twelve
things, ``random`` to any four. What planning costs is measured apart: all rules decide in the same moments, one after
the other in one process, and each is compared with ``all`` in the same moment, in processor time. There it is also
measured what share of all that random plans differ by (`agent.configurator.learned_attention.cost_spreads`) the
attended things catch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure

from agent import Mind, live
from agent.actor.planners import colored_noise
from agent.configurator.learned_attention import MIN_SAMPLES, cost_spreads
from agent.perception.obs_spec import as_tensors
from studies.common.play_trace import PlayTrace
from studies.common.plotting import plot_metrics, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import SHARE, metric
from worlds import World
from worlds.rooms.fixtures.toys import Toy
from worlds.rooms.playroom import Playroom

STEPS = 1000
THINGS, FEW = 12, 4
TIMED = 40  # moments in which planning is timed
UPDATES = MIN_SAMPLES // FEW  # of the rule that learns
RULES: dict[str, dict[str, Any]] = {
    "all": {"attention.rule": "near", "attention.num_attended": THINGS},
    "near": {"attention.rule": "near", "attention.num_attended": FEW},
    "uncertain": {"attention.rule": "uncertain", "attention.num_attended": FEW},
    "learned": {"attention.rule": "learned", "attention.num_attended": FEW},
    "whole": {
        "attention.rule": "uncertain",
        "attention.num_attended": FEW,
        "attention.need_weighting": True,
        "attention.adaptive_horizon": True,
    },
    "random": {"attention.rule": "random", "attention.num_attended": FEW},
}
CONTROLS = "all", "random"
LEADER = "whole"  # the rule whose decisions are acted on where all decide
DECISIONS = "decisions"  # name of the job in which all rules decide
PLANS, HORIZON = 48, 14  # of the plans whose differences are caught
MORE = (
    Toy.ball("pink ball", 0.10, 0.18, (0.95, 0.55, 0.70)),
    Toy.cube("white cube", 0.09, 0.25, (0.92, 0.92, 0.90)),
    Toy.drum("brown drum", 0.10, 0.10, 0.35, (0.55, 0.36, 0.22)),
    Toy.ball("lime ball", 0.11, 0.20, (0.65, 0.90, 0.25)),
)


class CrowdedPlayroom(Playroom):
    """A playroom with four more toys."""

    def build(self) -> None:
        """Adds the toys behind all else."""
        super().build()
        self.toys += [
            self.add_thing(toy.shape, toy.mass, friction=0.5, rolling=toy.rolling, restitution=0.3, damping=0.1)
            for toy in MORE
        ]


@dataclass(frozen=True)
class Decisions:
    """What deciding is like in the moments of one trace.

    Attributes:
        cheaper: By rule, how many times cheaper it is than attending to all things, in the median moment.
        caught: By rule, the share of what plans differ by that is attended to, on average.
        ms: Processor time of a decision that attends to all things (ms).
    """

    cheaper: dict[str, float]
    caught: dict[str, float]
    ms: float


def run(
    seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS, rules: tuple[str, ...] = tuple(RULES)
) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of each trace. See the package for what it returns."""
    jobs = [(name, seed) for seed in seeds for name in (DECISIONS, *rules)]
    found = run_jobs(partial(_job, steps=steps), jobs, progress, out / "jobs")
    traces: dict[str, list[PlayTrace]] = {rule: [found[rule, seed] for seed in seeds] for rule in rules}
    decisions: list[Decisions] = [found[DECISIONS, seed] for seed in seeds]
    groups = {rule: _metrics(rule, traces, decisions) for rule in rules}
    metrics = {
        f"{rule}/{name}": value
        for rule, group in groups.items()
        if rule not in CONTROLS
        for name, value in group.items()
    }
    controls = {rule: groups[rule] for rule in rules if rule in CONTROLS}
    touched = {rule: [trace.touched for trace in each] for rule, each in traces.items()}
    return save_result("attention", out, seeds, steps, metrics, controls, _draw(groups), touched=touched)


def _metrics(rule: str, traces: dict[str, list[PlayTrace]], decisions: list[Decisions]) -> dict[str, Any]:
    """Returns what is measured of one rule."""
    touching = {name: [float(trace.touching.mean()) for trace in each] for name, each in traces.items()}
    cells = {name: [trace.cells_visited() for trace in each] for name, each in traces.items()}
    found = {
        "share": metric(touching[rule], "share of steps touching a toy", "higher", SHARE),
        "cells": metric(cells[rule], "cells visited by toys", "higher"),
    }
    if rule == "all":
        return found | {"decision": metric((one.ms for one in decisions), "ms", "lower")}
    caught = (one.caught[rule] for one in decisions)
    found["caught"] = metric(caught, "share of what plans differ by that is attended to", "higher", SHARE)
    cheaper = (one.cheaper[rule] for one in decisions)
    found["cheaper"] = metric(cheaper, f"times cheaper to plan than attending to {THINGS}", "higher")
    if "all" in traces:
        more = (a - b for a, b in zip(touching[rule], touching["all"], strict=True))
        found["share_over_all"] = metric(more, "share of steps touching a toy, more than all", "higher", (-1.0, 1.0))
        ratios = (a / b for a, b in zip(cells[rule], cells["all"], strict=True))
        found["cells_over_all"] = metric(ratios, "times the cells under all", "higher")
    return found


def _job(name: str, seed: int, steps: int) -> Any:
    return decide(seed, min(TIMED, steps)) if name == DECISIONS else record_trace(name, seed, steps)


def make_room(seed: int) -> World:
    """Returns a room with twelve things."""
    return CrowdedPlayroom(seed=seed, frames_per_step=1)


def kitten(rule: str, seed: int) -> Mind:
    """Returns the shipped kitten under a rule; what its nets have learnt stays."""
    shipped = Mind.load("kitten")
    mind = Mind(dict(shipped.shapes), shipped.actions, shipped.config.updated(RULES[rule]), seed)
    mind.check_objectives()
    mind.load_state_dict({**mind.state_dict(), **shipped.state_dict()})
    mind.memory, mind.steps = shipped.memory, shipped.steps
    for _ in range(UPDATES):
        mind.configurator.learn(mind.mixture, mind.memory, mind.generator, 0)
    return mind


def record_trace(rule: str, seed: int, steps: int) -> PlayTrace:
    """Records the life of a kitten under a rule."""
    world = make_room(seed)
    found = PlayTrace.record(world, live(world, kitten(rule, seed), steps, learn=False))
    world.close()
    return found


def decide(seed: int, moments: int = TIMED) -> Decisions:
    """Lets all rules decide in the same moments, those of a life under the rule `LEADER`."""
    world, minds = make_room(seed), {rule: kitten(rule, seed) for rule in RULES}
    for mind in minds.values():
        mind.attach(world)
    seconds: dict[str, list[float]] = {rule: [] for rule in RULES}
    caught: dict[str, list[float]] = {rule: [] for rule in RULES}
    generator = torch.Generator().manual_seed(seed)
    judge = minds[LEADER]
    for _ in range(moments):
        obs, action = world.observe(), np.zeros(judge.actions, np.float32)
        noise = colored_noise(2.5, HORIZON, (PLANS, judge.actions), generator)
        _, spread = cost_spreads(
            judge.world_model, judge.mixture, as_tensors(obs, judge.shapes), (0.6 * noise).clamp(-1, 1)
        )
        for rule, mind in minds.items():
            started = time.thread_time()
            chosen, thought = mind.act(obs)
            seconds[rule].append(time.thread_time() - started)
            caught[rule].append(float(spread[list(thought.attention)].sum() / spread.sum()))
            action = chosen if rule == LEADER else action
        world.step(action)
    world.close()
    whole = np.array(seconds["all"])
    cheaper = {rule: float(np.median(whole / np.array(seconds[rule]))) for rule in RULES}
    return Decisions(cheaper, {r: float(np.mean(v)) for r, v in caught.items()}, 1e3 * float(np.median(whole)))


def _draw(groups: dict[str, dict[str, Any]]) -> Figure:
    figure, [axes] = subplots(1, 3, (13, 3.6))
    titles = {"share": "share of steps with a toy", "cells": "cells toys visited", "cheaper": "times cheaper"}
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        plot_metrics(axis, {rule: group.get(name) for rule, group in groups.items()}, CONTROLS)
        axis.set(title=title)
    return figure
