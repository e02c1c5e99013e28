"""Fear keeps it from being burnt: take its critic out, and it stays where it gets hot.

The shipped kitten lives with the stove, where a plate that looks like any other gets hot two seconds after a lamp
begins to shine. Each time it begins to shine the kitten is put near that plate. Then, in another room of that kind and
learning no more, it is put onto the plate when the lamp begins to shine: how often is it hurt with its critic, and how
often without, as far as it looks ahead, and looking but 0.6 s, which is too short to see a way off the plate? And is it
the lamp that it fears, or the place: what chance does it give to pain there while the lamp shines, before there is any
heat, and while it is dark? Control beside these: the kitten as it is shipped, which has met no stove.

Source: lamp and heat are those of fear conditioning, after Watson and Rayner 1920 (Journal of Experimental Psychology
3, 1-14); that the part of fear is shown by taking the critic out is ours.
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

import worlds
from agent import Mind, MindConfig, live
from agent.critic.critic import AHEAD
from agent.loop import Events
from studies.common.lives import metric, result
from studies.common.runner import Progress, side_by_side
from studies.fear import SHORT, alarmed, burns, draw_burns
from worlds import Place, World

STEPS = 1000  # control steps that it lives with the stove
NEAR, ON = 1.0, 0.6  # metres within which it is put around the middle of the plate: while it lives there, and then
ELSEWHERE = 10_000  # added to a seed for the room where it is looked what came of it
TESTED = 400  # control steps in which it is looked whether it is hurt
LOOKING = (MindConfig.horizon, SHORT)  # steps ahead
ATTEND = 5  # things: all that there are, for the lamp is often the farthest
SHOWN, EVERY = 1500, 10  # control steps of a body that does nothing, and after how many it is put onto the plate again
EDGE = 0.3  # metres from the walls


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Lives, measures and draws; `steps` that each kitten lives with the stove."""
    found = side_by_side(partial(_kitten, steps=steps), [("kitten", seed) for seed in seeds], progress, out / "lives")
    kittens = [found["kitten", seed] for seed in seeds]
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for ahead in LOOKING:
        unit = f"share of steps that hurt a kitten put onto the plate, looking {ahead} steps ahead"
        metrics[f"burnt/looking_{ahead}"] = metric((it[f"{ahead} True"] for it in kittens), unit, "lower")
        without = metric((it[f"{ahead} False"] for it in kittens), unit, "lower")
        controls[f"burnt/looking_{ahead}_without_critic"] = without
        unburnt = metric((it[f"{ahead} unburnt"] for it in kittens), unit, "lower")
        controls[f"burnt/looking_{ahead}_unburnt"] = unburnt
    unit = f"chance that it gives to pain within {AHEAD} steps, on the plate, no heat, lamp"
    for what, group in (("lit", metrics), ("dark", controls), ("lit unburnt", controls), ("dark unburnt", controls)):
        values = [it[what] for it in kittens if np.isfinite(it[what])]  # a short test may see no lamp
        if values:
            name = f"dread/{what.replace(' ', '_')}"
            group[name] = metric(values, f"{unit} {what}", "higher" if what == "lit" else "lower")
    _draw(kittens, out / "figure.png")
    return result("stove", seeds, steps, metrics, {"without critic, in the dark, or unburnt": controls})


def _kitten(name: str, seed: int, steps: int) -> dict[str, float]:
    """Returns the shares of steps that hurt (``"3 True"``: looking 3 steps ahead, with its critic), and its dread.

    The same of the kitten as it is shipped is ``"3 unburnt"``, ``"lit unburnt"``.
    """
    mind = Mind.load(name, attend=ATTEND)
    found = unburnt(mind, name, seed)
    world = worlds.make("stove", seed=seed, frames_per_step=1)
    for _ in live(world, mind, steps, _when_it_shines(world, seed, NEAR)):
        pass
    world.close()
    found |= dread(mind, elsewhere(seed), seed, SHOWN)
    for ahead in LOOKING:
        for critic in (True, False):
            found[f"{ahead} {critic}"] = _burns(mind, name, seed, ahead, critic)
    return found


def unburnt(mind: Mind, name: str, seed: int) -> dict[str, float]:
    """Returns what a mind fears and suffers that has met no stove, see `_kitten`."""
    told = dread(mind, elsewhere(seed), seed, SHOWN)
    hurt = {str(ahead): _burns(mind, name, seed, ahead, True) for ahead in LOOKING}
    return {f"{what} unburnt": value for what, value in {**told, **hurt}.items()}


def elsewhere(seed: int) -> World:
    """Returns the room where it is looked what came of it."""
    return worlds.make("stove", seed=ELSEWHERE + seed, frames_per_step=1)


def _burns(mind: Mind, name: str, seed: int, ahead: int, critic: bool) -> float:
    it, room = Mind.load(name, attend=ATTEND, horizon=ahead), elsewhere(seed)
    it.fits(room)
    it.load_state_dict(mind.state_dict())
    return burns(it, room, _when_it_shines(room, seed, ON), critic, TESTED)


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
    """Draws a place within so many metres of the middle of the plate that gets hot, and not in a wall."""
    plate = world.observe()["things"][world.things.index(world.truth()["plate.name"]), THINGS.position_xy]
    angle, far = chance.uniform(-np.pi, np.pi), most * np.sqrt(chance.uniform())
    edge = 0.5 * np.array(world.scene().size[:2]) - EDGE
    x, y = np.clip(plate + far * np.array([np.cos(angle), np.sin(angle)]), -edge, edge)
    return Place("kitten", (float(x), float(y)))


def _draw(kittens: list[dict[str, float]], path: Path) -> None:
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained", width_ratios=(3, 2))
    draw_burns(axes[0], kittens, {str(ahead): ahead for ahead in LOOKING})
    axes[0].set(title="put onto the plate when the lamp begins to shine")
    for i, who in enumerate(("", " unburnt")):
        for j, (when, color) in enumerate((("lit", "gold"), ("dark", "gray"))):
            told = np.array([it[when + who] for it in kittens])
            axes[1].bar(i + 0.4 * j, told.mean(), 0.35, color=color, label=None if who else f"lamp {when}")
            axes[1].plot(np.full(len(told), i + 0.4 * j), told, "k.", ms=4)
    axes[1].set(title="on the plate, before there is heat", ylabel="chance of pain within 4 s", xticks=[0.2, 1.2])
    axes[1].set_xticklabels(["burnt", "as shipped"])
    axes[1].legend(frameon=False)
    fig.savefig(path, dpi=110)
    plt.close(fig)
