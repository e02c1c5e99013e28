"""A second clock reaches goals beyond one horizon: a maze, with one level of planning and with two.

A kitten that knows its body, as it is shipped, is put into a maze, moves there by smooth noise and is now and then put
elsewhere. From that one life a second level learns. Then it is asked for places that lie three to eight cells off by
ways that were lived. The same kitten with one clock plans as long per step (it imagines as many more plans), or twice
as far; controls move by smooth noise, or not at all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import matplotlib

from housecat.core.obs_layout import BODY

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

import worlds
from agent import Mind, MindConfig
from agent.actor.exploration_noise import babbling
from intrinsic.goals.reach import Reach
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from worlds import Place
from worlds.rooms.maze import Maze
from worlds.rooms.maze_layout import Cell, MazeLayout

Variant = Literal["two clocks", "one clock", "one clock, far", "random", "still"]
VARIANTS: tuple[Variant, ...] = ("two clocks", "one clock", "one clock, far", "random", "still")
STEPS = 6000  # of exploring
EPISODE = 500  # steps, after which the body is put elsewhere
UPDATES = 3000  # of the second level
CELLS = 5  # along each side
AWAY = (3, 8)  # cells between start and goal
GOALS, LIMIT = 8, 250  # tries, and steps in each
NEAR = 0.28  # metres from the goal that count as there: the maze's own disc
GOAL = "reach:body.position=0,0"


@dataclass(frozen=True)
class Tried:
    """What came of one mind's tries.

    Attributes:
        there: Share of goals reached.
        steps: Mean steps of a try.
        thought: Mean seconds of processor time per decision.
        away: Cells between start and goal, and steps until there or 0, per try.
    """

    there: float
    steps: float
    thought: float
    away: list[tuple[int, int]]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Explores, tries and draws; `steps` counts those of exploring. See the package for what it returns."""
    found = side_by_side(partial(_maze, steps=steps), [("maze", seed) for seed in seeds], progress, out / "lives")
    tried = {variant: [found["maze", seed][variant] for seed in seeds] for variant in VARIANTS}
    share, cost = "share of goals reached", "ms of processor time per decision"
    two, one = tried["two clocks"], tried["one clock"]
    metrics = {
        "maze/two clocks": metric((it.there for it in two), share, "higher"),
        "maze/more than one clock": metric(
            (100 * (a.there - b.there) for a, b in zip(two, one, strict=True)), "points", "higher"
        ),
        "cost/two clocks": metric((1e3 * it.thought for it in two), cost, "lower"),
    }
    controls = {f"maze/{v}": metric((it.there for it in tried[v]), share, "higher") for v in VARIANTS[1:]}
    controls |= {f"cost/{v}": metric((1e3 * it.thought for it in tried[v]), cost, "lower") for v in VARIANTS[1:3]}
    _draw(tried, out / "figure.png")
    return result("hierarchy", seeds, steps, metrics, controls)


def config_of(variant: Variant, grown: MindConfig) -> MindConfig:
    """Returns the settings of a grown mind with two clocks, or with one that imagines as much per step."""
    two = replace(grown, clocks=2, babble=0, objectives={GOAL: 1.0, "effort": 0.05})
    if variant == "two clocks":
        return two
    # The second level imagines 144 states per control step; in 16 more plans, twice 14 steps long, there are 448.
    if variant == "one clock":
        return replace(two, clocks=1, samples=two.samples + 16)
    return replace(two, clocks=1, horizon=2 * two.horizon)


def mind_of(world: Maze, variant: Variant, seed: int) -> Mind:
    """Returns the shipped kitten, with other settings and other wishes."""
    grown = Mind.load("kitten")
    mind = Mind.born(world, seed=seed, config=config_of(variant, grown.config))
    parts = ("perception.", "world_model.")
    mind.load_state_dict({k: v for k, v in grown.state_dict().items() if k.startswith(parts)}, strict=False)
    return mind


def explore(world: Maze, mind: Mind, steps: int, seed: int) -> set[tuple[Cell, Cell]]:
    """Lets a body move by smooth noise and a mind watch, and returns between which cells it went."""
    random = np.random.default_rng(seed)
    went = set()
    for step, action in enumerate(babbling(mind.actions, steps, seed)):
        if step % EPISODE == 0:
            world.apply(Place(world.body.name, world.cell_center(_cell(random))))
            obs = world.observe()
        after, *_ = world.step(action)
        mind.observe(obs, action, after)
        went.add((world.cell_at(*obs["body"][BODY.position]), world.cell_at(*after["body"][BODY.position])))
        obs = after
    return {(min(pair), max(pair)) for pair in went}


def goals(world: Maze, went: set[tuple[Cell, Cell]], seed: int) -> list[tuple[Cell, Cell, int]]:
    """Draws starts and goals with a way between them that was lived, and how many cells that takes."""
    random = np.random.default_rng(seed)
    doors = frozenset(pair for pair in went if pair in world.layout.doors)
    known = MazeLayout(*world.cells, doors, world.layout.start, world.layout.goal)
    pairs = [
        (start, goal, cells)
        for start in sorted({cell for door in doors for cell in door})
        for goal, cells in sorted(known.distances(start).items())
        if AWAY[0] <= cells <= AWAY[1]
    ]
    return [pairs[i] for i in random.permutation(len(pairs))[:GOALS]]


def _cell(random: np.random.Generator) -> Cell:
    x, y = random.integers(0, CELLS, 2)
    return int(x), int(y)


def _maze(name: str, seed: int, steps: int) -> dict[Variant, Tried]:
    world = cast(Maze, worlds.make(name, seed=seed, cells=(CELLS, CELLS), frames_per_step=1))
    torch.set_num_threads(1)
    watcher = mind_of(world, "two clocks", seed)
    units = watcher.perception.change.clone()
    asked = goals(world, explore(world, watcher, steps, seed), seed)
    watcher.perception.change.copy_(units)  # those that the first level has learnt in
    assert watcher.second is not None, "two clocks are two levels"
    for _ in range(UPDATES):
        watcher.second.learn(watcher.generator)
    tried: dict[Variant, Tried] = {}
    for variant in VARIANTS:
        mind = watcher if variant == "two clocks" else mind_of(world, variant, seed)
        mind.perception.load_state_dict(watcher.perception.state_dict())  # they know how far the room reaches
        tried[variant] = _try(world, mind, variant, asked, seed)
    world.close()
    return tried


def _try(world: Maze, mind: Mind, variant: Variant, asked: list[tuple[Cell, Cell, int]], seed: int) -> Tried:
    spent, lived, away = 0.0, 0, []
    for number, (start, goal, cells) in enumerate(asked):
        place = world.cell_center(goal)
        cast(Reach, mind.mixture[mind.mixture.names[0]]).goal.copy_(torch.tensor(place))
        world.apply(Place(world.body.name, world.cell_center(start)))
        obs = world.observe()
        mind.begin_episode()
        chance = babbling(mind.actions, LIMIT, 1000 * seed + number)
        there = 0
        for step in range(LIMIT):
            began = time.process_time()
            if variant == "still":
                action = np.zeros(mind.actions, np.float32)
            else:
                action = chance[step] if variant == "random" else mind.act(obs)[0]
            spent, lived = spent + time.process_time() - began, lived + 1
            obs, *_ = world.step(action)
            if np.hypot(*(obs["body"][BODY.position] - np.array(place))) < NEAR:
                there = step + 1
                break
        away.append((cells, there))
    return Tried(float(np.mean([there > 0 for _, there in away])), lived / len(away), spent / lived, away)


def _draw(tried: dict[Variant, list[Tried]], path: Path) -> None:
    figure, (bars, far) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for i, (variant, lives) in enumerate(tried.items()):
        shares = [it.there for it in lives]
        bars.bar(i, float(np.mean(shares)), color=f"C{i}", alpha=0.4)
        bars.plot(i + np.linspace(-0.2, 0.2, len(shares)), shares, "o", color=f"C{i}", ms=4)
        tries = np.array([one for it in lives for one in it.away])
        lengths = sorted(set(tries[:, 0]))
        reached = [(tries[tries[:, 0] == cells, 1] > 0).mean() for cells in lengths]
        far.plot(lengths, reached, "o-", color=f"C{i}", label=variant)
    bars.set_xticks(range(len(tried)), [variant.replace(" ", "\n") for variant in tried])
    bars.set_ylabel("share of goals reached")
    far.set_xlabel("cells between start and goal")
    far.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
