"""Burnt after a lamp shone, it fears the lamp; and what it fears keeps it from being burnt.

The shipped kitten lives with the stove, where a plate that looks like any other gets hot two seconds after a lamp
begins to shine. Whenever it shines the kitten is put near that plate. Then, in another room of that kind and learning
no more, it is put onto the plate when the lamp begins to shine: how often is it hurt with its critic, and how often
without, as far as it looks ahead and looking but 0.6 s? And what chance does it give to pain there while the lamp
shines, before there is any heat, and while it is dark? Control: a kitten that lived where the plate gets hot as often,
but at times of its own.

Source: the experiment is that of Pavlov, 1927 (Conditioned Reflexes), with fear for saliva as Watson and Rayner, 1920
(Journal of Experimental Psychology 3, 1-14); that the critic's part is shown by taking it out is ours.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import worlds
from agent import Mind, MindConfig, live
from agent.critic import AHEAD
from agent.life import Events
from studies.fear import alarmed, burns
from studies.jobs import Progress, side_by_side
from studies.lives import metric, result
from worlds import Place, World

STEPS = 1500  # control steps that it lives with the stove
NEAR, ON = 1.0, 0.6  # metres within which it is put around the middle of the plate: while it lives there, and then
ELSEWHERE = 10_000  # added to a seed for the room where it is looked what came of it
TESTED = 600  # control steps in which it is looked whether it is hurt
LOOKING = (MindConfig.horizon, 3)  # steps ahead
SHOWN, EVERY = 1500, 10  # control steps of a body that does nothing, and after how many it is put onto the plate again
PAIRED, APART = (
    "on",
    "off",
)  # the stove's words for a lamp that comes before heat, and one that has nothing to do with it
EDGE = 0.3  # metres from the walls


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Lives, measures and draws; `steps` that each kitten lives with the stove."""
    lives = [(pairing, seed) for pairing in (PAIRED, APART) for seed in seeds]
    found = side_by_side(partial(_kitten, steps=steps), lives, progress, out / "lives")
    paired, apart = ([found[pairing, seed] for seed in seeds] for pairing in (PAIRED, APART))
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for ahead in LOOKING:
        unit = f"share of steps that hurt a kitten put onto the plate, looking {ahead} steps ahead"
        metrics[f"burnt/looking_{ahead}"] = metric((it[f"{ahead} True"] for it in paired), unit, "lower")
        controls[f"burnt/looking_{ahead}_without_critic"] = metric(
            (it[f"{ahead} False"] for it in paired), unit, "lower"
        )
    for group, kittens in ((metrics, paired), (controls, apart)):
        for when in ("lit", "dark"):
            unit = f"chance that it gives to pain within {AHEAD} steps, on the plate, lamp {when}, no heat"
            name = f"dread/{when}" if group is metrics else f"dread/{when}_apart"
            group[name] = metric((it[when] for it in kittens), unit, "higher" if when == "lit" else "lower")
    _draw(paired, apart, out / "figure.png")
    return result("conditioning", seeds, steps, metrics, {"without critic, or lamp and heat apart": controls})


def _kitten(pairing: str, seed: int, steps: int) -> dict[str, float]:
    """Returns the shares of steps that hurt (``"3 True"``: looking 3 steps ahead, with its critic), and its dread."""
    world, mind = worlds.make("stove", seed=seed, pairing=pairing, film=1), Mind.load("kitten")
    for _ in live(world, mind, steps, _when_it_shines(world, seed, NEAR)):
        pass
    world.close()
    room = worlds.make("stove", seed=ELSEWHERE + seed, pairing=pairing, film=1)
    found = dread(mind, room, seed, SHOWN)
    if pairing == PAIRED:
        state = mind.state_dict()
        for ahead in LOOKING:
            for critic in (True, False):
                it = Mind.load("kitten", horizon=ahead)
                room = worlds.make("stove", seed=ELSEWHERE + seed, pairing=pairing, film=1)
                it.fits(room)
                it.load_state_dict(state)
                found[f"{ahead} {critic}"] = burns(it, room, _when_it_shines(room, seed, ON), critic, TESTED)
    return found


def dread(mind: Mind, world: World, seed: int, steps: int) -> dict[str, float]:
    """Puts a body that does nothing onto the plate again and again, and asks what chance a mind gives to pain.

    Args:
        mind: It learns nothing meanwhile.
        world: With a stove.
        seed: Of the places.
        steps: Control steps.

    Returns:
        The mean chance while it is not hot: where the lamp shines (``"lit"``), and where it does not (``"dark"``).
    """
    told: dict[str, list[float]] = {"lit": [], "dark": []}
    chance = np.random.default_rng(seed)
    for step in range(steps):
        if step % EVERY == 0:
            world.apply(_near(world, chance, ON))
        truth = world.truth()
        if not truth["plate.heat"]:
            told["lit" if truth["lamp.on"] else "dark"].append(float(alarmed(mind, world.observe())[-1]))
        world.step(np.zeros(mind.actions, np.float32))
    world.close()
    return {when: float(np.mean(chances)) if chances else float("nan") for when, chances in told.items()}


def _when_it_shines(world: World, seed: int, most: float) -> Events:
    """Puts the body within so many metres of the plate whenever the lamp begins to shine."""
    chance, lit = np.random.default_rng(seed), False

    def events(step: int) -> tuple[Place, ...]:
        nonlocal lit
        before, lit = lit, bool(world.truth()["lamp.on"])
        return (_near(world, chance, most),) if lit and not before else ()

    return events


def _near(world: World, chance: np.random.Generator, most: float) -> Place:
    """Returns an even chance of all places within so many metres of the middle of the plate that gets hot."""
    plate = world.observe()["things"][world.things.index(world.truth()["plate.name"]), :2]
    angle, far = chance.uniform(-np.pi, np.pi), most * np.sqrt(chance.uniform())
    edge = 0.5 * np.array(world.scene().size[:2]) - EDGE
    x, y = np.clip(plate + far * np.array([np.cos(angle), np.sin(angle)]), -edge, edge)
    return Place("kitten", (float(x), float(y)))


def _draw(paired: list[dict[str, float]], apart: list[dict[str, float]], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for i, critic in enumerate((True, False)):
        hurt = np.array([[it[f"{ahead} {critic}"] for ahead in LOOKING] for it in paired])  # (kittens, 2)
        axes[0].bar(np.arange(2) + 0.4 * i, hurt.mean(0), 0.35, label="with critic" if critic else "without")
        for j in range(2):
            axes[0].plot(np.full(len(hurt), j + 0.4 * i), hurt[:, j], "k.", ms=4)
    axes[0].set(title="put onto the plate when the lamp shines", ylabel="share of steps that hurt", xticks=[0.2, 1.2])
    axes[0].set_xticklabels([f"looking {ahead} steps ahead" for ahead in LOOKING])
    for i, kittens in enumerate((paired, apart)):
        for j, (when, color) in enumerate((("lit", "gold"), ("dark", "gray"))):
            told = np.array([it[when] for it in kittens])
            axes[1].bar(i + 0.4 * j, told.mean(), 0.35, color=color, label=f"lamp {when}" if i == 0 else None)
            axes[1].plot(np.full(len(told), i + 0.4 * j), told, "k.", ms=4)
    axes[1].set(title="on the plate, before there is heat", ylabel="chance of pain within 4 s", xticks=[0.2, 1.2])
    axes[1].set_xticklabels(["lived where the lamp\ncomes before heat", "lived where they have\nnothing to do"])
    for axis in axes:
        axis.legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
