"""Fear keeps a kitten from being burnt: without its critic, it stays where it gets hot.

The shipped kitten lives with the stove, where a plate that looks like any other gets hot two seconds after a lamp turns
on. Each time the lamp turns on the kitten is put near that plate. Then, in another room of that kind and learning no
more, it is put onto the plate when the lamp turns on: how often is it hurt with its critic, and how often without, as
far as it looks ahead, and looking only 0.6 s ahead, which is too short to see a way off the plate? And does it fear the
lamp, or the place: what chance does it give to pain there while the lamp is on, before there is any heat, and while it
is off? A further control is the kitten as it is shipped, which has met no stove.

Source: lamp and heat are those of fear conditioning, after Watson and Rayner 1920 (Journal of Experimental Psychology
3, 1-14); that the part of fear is shown by taking the critic out is ours.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import worlds
from agent import Mind, MindConfig, live
from agent.critic.critic import EVENT_HORIZON
from agent.loop import Events
from housecat.core.obs_layout import THINGS
from studies.common.pain import SHORT, pain_probability, plot_share_hurt, share_hurt
from studies.common.plotting import subplots
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.stats import SHARE, metric
from worlds import Place, World

STEPS = 1000  # control steps that it lives with the stove
NEAR, ON = 1.0, 0.6  # metres from the middle of the plate within which it is put: while it learns, and when tested
OTHER_ROOM = 10_000  # added to a seed for the room where it is tested
TESTED = 400  # control steps in which it is counted how often it is hurt
HORIZONS = (MindConfig().planner.horizon, SHORT)  # steps ahead
ATTEND = 5  # things: all that there are, for the lamp is often the farthest
OBSERVED, EVERY = (
    1500,
    10,
)  # control steps of a body that does nothing, and after how many it is put onto the plate again
EDGE = 0.3  # metres from the walls


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is how long each kitten lives with the stove. See the package."""
    jobs = [("kitten", seed) for seed in seeds]
    found = run_jobs(partial(_kitten, steps=steps), jobs, progress, out / "jobs")
    kittens = [found[job] for job in jobs]
    metrics: dict[str, Any] = {}
    controls: dict[str, dict[str, Any]] = {"without critic": {}, "as shipped": {}, "lamp off": {}}
    for ahead in HORIZONS:
        name, unit = (
            f"burnt/looking_{ahead}",
            f"share of steps that hurt, put onto the plate, looking {ahead} steps ahead",
        )
        for group, key in (
            (metrics, "True"),
            (controls["without critic"], "False"),
            (controls["as shipped"], "shipped"),
        ):
            group[name] = metric((kitten[f"{ahead} {key}"] for kitten in kittens), unit, "lower", SHARE)
    for group, name, key, better in (
        (metrics, "dread/lamp_on", "on", "higher"),
        (controls["lamp off"], "dread/lamp_off", "off", "lower"),
        (controls["as shipped"], "dread/lamp_on", "on shipped", "lower"),
        (controls["as shipped"], "dread/lamp_off", "off shipped", "lower"),
    ):
        lamp = key.partition(" ")[0]
        unit = f"chance that it gives to pain within {EVENT_HORIZON} steps, on the plate, no heat, lamp {lamp}"
        values = (kitten[key] for kitten in kittens)
        group[name] = metric(values, unit, better, SHARE, f"the lamp was never {lamp}")  # type: ignore[arg-type]
    return save_result("stove", out, seeds, steps, metrics, controls, _draw(kittens))


def _kitten(name: str, seed: int, steps: int) -> dict[str, float]:
    """Returns the shares of steps that hurt (``"3 True"``: looking 3 steps ahead, with its critic), and `dread`.

    The same of the kitten as it is shipped is ``"3 shipped"``, ``"on shipped"``.
    """
    mind = Mind.load(name, settings={"attention.num_attended": ATTEND})
    found = measure_shipped(mind, name, seed)
    world = worlds.make("stove", seed=seed, frames_per_step=1)
    for _ in live(world, mind, steps, _put_when_lamp_turns_on(world, seed, NEAR)):
        pass
    world.close()
    found |= dread(mind, _test_room(seed), seed, OBSERVED)
    for ahead in HORIZONS:
        for critic in (True, False):
            found[f"{ahead} {critic}"] = _share_hurt(mind, name, seed, ahead, critic)
    return found


def measure_shipped(mind: Mind, name: str, seed: int) -> dict[str, float]:
    """Returns what a mind expects and suffers that has met no stove, see `_kitten`."""
    found = dread(mind, _test_room(seed), seed, OBSERVED)
    hurt = {str(ahead): _share_hurt(mind, name, seed, ahead, True) for ahead in HORIZONS}
    return {f"{key} shipped": value for key, value in {**found, **hurt}.items()}


def _test_room(seed: int) -> World:
    return worlds.make("stove", seed=OTHER_ROOM + seed, frames_per_step=1)


def _share_hurt(mind: Mind, name: str, seed: int, ahead: int, critic: bool) -> float:
    settings = {"attention.num_attended": ATTEND, "planner.horizon": ahead}
    copy, room = Mind.load(name, settings=settings), _test_room(seed)
    copy.attach(room)
    copy.load_state_dict(mind.state_dict())
    return share_hurt(copy, room, _put_when_lamp_turns_on(room, seed, ON), critic, TESTED)


def dread(mind: Mind, world: World, seed: int, steps: int) -> dict[str, float]:
    """Puts a body that does nothing onto the plate again and again, and asks what chance a mind gives to pain.

    Args:
        mind: The mind that is asked; it learns nothing meanwhile.
        world: A world with a stove; it is closed afterwards.
        seed: Seed of the places.
        steps: Control steps.

    Returns:
        The mean chance while the plate is not hot, with the lamp on (``"on"``) and off (``"off"``); nan where it never
        was.
    """
    found: dict[str, list[float]] = {"on": [], "off": []}
    rng = np.random.default_rng(seed)
    for step in range(steps):
        if step % EVERY == 0:
            world.apply(_near_plate(world, rng, ON))
        truth = world.truth()
        if not truth["plate.heat"]:
            found["on" if truth["lamp.on"] else "off"].append(float(pain_probability(mind, world.observe())[-1]))
        world.step(np.zeros(mind.actions, np.float32))
    world.close()
    return {lamp: float(np.mean(chances)) if chances else float("nan") for lamp, chances in found.items()}


def _put_when_lamp_turns_on(world: World, seed: int, most: float) -> Events:
    """Puts the body within so many metres of the plate whenever the lamp turns on."""
    rng, on = np.random.default_rng(seed), False

    def events(step: int) -> tuple[Place, ...]:
        nonlocal on
        before, on = on, bool(world.truth()["lamp.on"])
        return (_near_plate(world, rng, most),) if on and not before else ()

    return events


def _near_plate(world: World, rng: np.random.Generator, most: float) -> Place:
    """Draws a place within so many metres of the middle of the plate that gets hot, and not in a wall."""
    plate = world.observe()["things"][world.things.index(world.truth()["plate.name"]), THINGS.position_xy]
    angle, distance = rng.uniform(-np.pi, np.pi), most * np.sqrt(rng.uniform())
    edge = 0.5 * np.array(world.scene().size[:2]) - EDGE
    x, y = np.clip(plate + distance * np.array([np.cos(angle), np.sin(angle)]), -edge, edge)
    return Place("kitten", (float(x), float(y)))


def _draw(kittens: list[dict[str, float]]) -> Figure:
    figure, [axes] = subplots(1, 2, width_ratios=(3, 2))
    plot_share_hurt(axes[0], kittens, {str(ahead): ahead for ahead in HORIZONS})
    axes[0].set(title="put onto the plate when the lamp turns on")
    for i, kind in enumerate(("", " shipped")):
        for j, (lamp, color) in enumerate((("on", "gold"), ("off", "gray"))):
            chances = np.array([kitten[lamp + kind] for kitten in kittens])
            axes[1].bar(i + 0.4 * j, chances.mean(), 0.35, color=color, label=None if kind else f"lamp {lamp}")
            axes[1].plot(np.full(len(chances), i + 0.4 * j), chances, "k.", ms=4)
    axes[1].set(title="on the plate, before there is heat", ylabel="chance of pain within 4 s", xticks=[0.2, 1.2])
    axes[1].set_xticklabels(["learnt with the stove", "as shipped"])
    axes[1].legend(frameon=False)
    return figure
