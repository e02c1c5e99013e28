"""A second level of planning reaches goals beyond one horizon: a maze, with and without it.

A kitten that knows its body, as it is shipped, is put into a maze, moves there by smooth noise and is now and then put
elsewhere. From that one life a second level learns. Then it is given goals that lie three to eight cells away, along
paths that it has been. The same kitten with one level plans as long per step (it imagines as many more plans), or twice
as far; other controls move by smooth noise, or not at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import torch
from matplotlib.figure import Figure

import worlds
from agent import Mind, MindConfig
from housecat.core.obs_layout import BODY
from intrinsic.goals.reach import Reach
from studies.common.plotting import plot_values, subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.scripted_policies import random_actions
from studies.common.stats import SHARE, metric
from worlds import Place
from worlds.rooms.maze import Maze
from worlds.rooms.maze_layout import Cell, MazeLayout

Variant = Literal["two levels", "one level", "one level, far", "random", "still"]
VARIANTS: tuple[Variant, ...] = ("two levels", "one level", "one level, far", "random", "still")
PLANNING = VARIANTS[:3]
STEPS = 6000  # of exploring
EPISODE = 500  # steps, after which the body is put elsewhere
UPDATES = 3000  # of the second level
CELLS = 5  # along each side
DISTANCE = (3, 8)  # cells between start and goal, from and to
GOALS, LIMIT = 8, 250  # attempts, and steps in each
NEAR = 0.28  # metres within which a goal is reached: the maze's own disc
GOAL = "reach:body.position=0,0"
Attempt = tuple[Cell, Cell, int]  # start, goal, and the cells between them


@dataclass(frozen=True)
class Outcome:
    """What came of one mind's attempts.

    Attributes:
        reached: Share of goals reached.
        steps: Mean steps of an attempt.
        seconds: Mean processor time per decision (s).
        attempts: Cells between start and goal, and steps until it was reached or 0, per attempt.
    """

    reached: float
    steps: float
    seconds: float
    attempts: list[tuple[int, int]]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of exploring. See the package for what it returns."""
    jobs = [("maze", seed) for seed in seeds]
    found = run_jobs(partial(_maze, steps=steps), jobs, progress, out / "jobs")
    outcomes = {variant: [found[job][variant] for job in jobs] for variant in VARIANTS}
    groups: dict[str, dict[str, Any]] = {}
    for variant, each in outcomes.items():
        group = groups[variant] = {}
        group["reached"] = metric((one.reached for one in each), "share of goals reached", "higher", SHARE)
        if variant in PLANNING:
            ms = (1e3 * one.seconds for one in each)
            group["cost"] = metric(ms, "ms of processor time per decision", "lower")
    metrics = groups.pop("two levels")
    pairs = zip(outcomes["two levels"], outcomes["one level"], strict=True)
    more = (100 * (two.reached - one.reached) for two, one in pairs)
    unit = "percentage points more goals than with one level"
    metrics["more_than_one_level"] = metric(more, unit, "higher", (-100.0, 100.0))
    return save_result("hierarchy", out, seeds, steps, metrics, groups, _draw(outcomes))


def config_of(variant: Variant, trained: MindConfig) -> MindConfig:
    """Returns the settings of a trained mind with two levels, or with one that imagines as much per step."""
    two = trained.updated(
        {"hierarchy.levels": 2, "training.warmup_steps": 0, "objectives": {GOAL: 1.0, "effort": 0.05}}
    )
    if variant == "two levels":
        return two
    # The second level imagines 144 states per control step; in 16 more plans, twice 14 steps long, there are 448.
    if variant == "one level":
        return two.updated({"hierarchy.levels": 1, "planner.samples": two.planner.samples + 16})
    return two.updated({"hierarchy.levels": 1, "planner.horizon": 2 * two.planner.horizon})


def mind_of(world: Maze, variant: Variant, seed: int) -> Mind:
    """Returns the shipped kitten, with other settings and other objectives."""
    trained = Mind.load("kitten")
    mind = Mind.born(world, seed=seed, config=config_of(variant, trained.config))
    parts = ("perception.", "world_model.")
    mind.load_state_dict({k: v for k, v in trained.state_dict().items() if k.startswith(parts)}, strict=False)
    return mind


def explore(world: Maze, mind: Mind, steps: int, seed: int) -> set[tuple[Cell, Cell]]:
    """Lets a body move by smooth noise and a mind watch, and returns between which cells the body went."""
    rng = np.random.default_rng(seed)
    passed = set()
    for step, action in enumerate(random_actions(world, steps, seed)):
        if step % EPISODE == 0:
            world.apply(Place(world.body.name, world.cell_center(_random_cell(rng))))
            obs = world.observe()
        after, *_ = world.step(action)
        mind.observe(obs, action, after)
        passed.add((world.cell_at(*obs["body"][BODY.position]), world.cell_at(*after["body"][BODY.position])))
        obs = after
    return {(min(pair), max(pair)) for pair in passed}


def draw_attempts(world: Maze, passed: set[tuple[Cell, Cell]], seed: int) -> list[Attempt]:
    """Draws starts and goals with a path between them that the body went, and how many cells that takes."""
    rng = np.random.default_rng(seed)
    doors = frozenset(pair for pair in passed if pair in world.layout.doors)
    known = MazeLayout(*world.cells, doors, world.layout.start, world.layout.goal)
    pairs = [
        (start, goal, cells)
        for start in sorted({cell for door in doors for cell in door})
        for goal, cells in sorted(known.distances(start).items())
        if DISTANCE[0] <= cells <= DISTANCE[1]
    ]
    return [pairs[i] for i in rng.permutation(len(pairs))[:GOALS]]


def _random_cell(rng: np.random.Generator) -> Cell:
    x, y = rng.integers(0, CELLS, 2)
    return int(x), int(y)


def _maze(name: str, seed: int, steps: int) -> dict[Variant, Outcome]:
    world = cast(Maze, worlds.make(name, seed=seed, cells=(CELLS, CELLS), frames_per_step=1))
    watcher = mind_of(world, "two levels", seed)
    units = watcher.perception.typical_change.clone()
    attempts = draw_attempts(world, explore(world, watcher, steps, seed), seed)
    watcher.perception.typical_change.copy_(units)  # those that the first level has learnt in
    assert watcher.subgoal_planner is not None, "a mind of two levels has a second one"
    for _ in range(UPDATES):
        watcher.subgoal_planner.learn(watcher.generator)
    outcomes: dict[Variant, Outcome] = {}
    for variant in VARIANTS:
        mind = watcher if variant == "two levels" else mind_of(world, variant, seed)
        mind.perception.load_state_dict(watcher.perception.state_dict())  # they know how far the room reaches
        outcomes[variant] = _attempt(world, mind, variant, attempts, seed)
    world.close()
    return outcomes


def _attempt(world: Maze, mind: Mind, variant: Variant, attempts: list[Attempt], seed: int) -> Outcome:
    spent, decisions, found = 0.0, 0, []
    for number, (start, goal, cells) in enumerate(attempts):
        place = world.cell_center(goal)
        cast(Reach, mind.mixture[mind.mixture.names[0]]).goal.copy_(torch.tensor(place))
        world.apply(Place(world.body.name, world.cell_center(start)))
        obs = world.observe()
        mind.begin_episode()
        noise = random_actions(world, LIMIT, 1000 * seed + number)
        reached = 0
        for step in range(LIMIT):
            began = time.process_time()
            if variant == "still":
                action = np.zeros(mind.actions, np.float32)
            else:
                action = noise[step] if variant == "random" else mind.act(obs)[0]
            spent, decisions = spent + time.process_time() - began, decisions + 1
            obs, *_ = world.step(action)
            if np.hypot(*(obs["body"][BODY.position] - np.array(place))) < NEAR:
                reached = step + 1
                break
        found.append((cells, reached))
    return Outcome(
        float(np.mean([reached > 0 for _, reached in found])), decisions / len(found), spent / decisions, found
    )


def _draw(outcomes: dict[Variant, list[Outcome]]) -> Figure:
    figure, [[bars, by_distance]] = subplots(1, 2)
    for i, (variant, each) in enumerate(outcomes.items()):
        plot_values(bars, i, [one.reached for one in each], f"C{i}")
        attempts = np.array([attempt for one in each for attempt in one.attempts])
        distances = sorted(set(attempts[:, 0]))
        reached = [(attempts[attempts[:, 0] == cells, 1] > 0).mean() for cells in distances]
        by_distance.plot(distances, reached, "o-", color=f"C{i}", label=variant)
    bars.set_xticks(range(len(outcomes)), [variant.replace(" ", "\n") for variant in outcomes])
    bars.set_ylabel("share of goals reached")
    by_distance.set_xlabel("cells between start and goal")
    by_distance.legend(frameon=False)
    return figure
