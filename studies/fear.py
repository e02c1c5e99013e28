"""A mind fears before it is hurt: the critic predicts pain.

The shipped minds, whose nets do not learn here, watch a body that ignores the hot plate and is put near it again and
again: it moves by smooth noise, or by what the mind did in a life elsewhere. What the critic predicts of pain is
compared with what comes: how well it tells moments before pain from others, and whether its probabilities are
calibrated. Controls: the distance to the plate, and shuffled labels. Then the mind itself acts and is put near the
plate again and again, with the critic and without it, as far as it looks ahead and, since a mind that sees heat coming
needs no critic, looking only 0.6 s ahead.
"""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

import worlds
from agent import Mind, MindConfig, live
from agent.critic.critic import EVENT_HORIZON
from agent.loop import Events
from housecat.core.obs_layout import BODY, THINGS, VITALS
from studies import SHIPPED_MINDS
from studies.common.pain import SHORT, pain_probability, plot_share_hurt, share_hurt
from studies.common.plotting import subplots
from studies.common.probes import auroc, calibration_bins, calibration_error
from studies.common.results import save_result
from studies.common.runner import Progress, run_jobs
from studies.common.scripted_policies import random_actions
from studies.common.stats import SHARE, metric
from worlds import Place, World

PLATE = "hot plate"
WITHIN = (5, 20)  # steps ahead within which there is pain
STEPS = 4000  # control steps of each body that ignores the plate
SEGMENT = 40  # of them, before it is put somewhere else
BODIES = "noise", "life"
LIVED = 1000  # control steps elsewhere, from which the second body takes its actions
OTHER_ROOM = 10_000  # added to a seed for the room of that life
TESTED, EVERY = 400, 25  # control steps near the plate, and after how many the body is put there again
TESTED_SHORT = 1000  # control steps near the plate when looking only `SHORT` steps ahead
HORIZONS = {"hurt": MindConfig().planner.horizon, "hurt_looking_short": SHORT}


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` is the length of each body's life. See the package for what it returns."""
    jobs = [(mind, seed) for mind in SHIPPED_MINDS for seed in seeds]
    found = run_jobs(partial(_room, steps=steps), jobs, progress, out / "jobs")
    rooms = {mind: [found[mind, seed] for seed in seeds] for mind in SHIPPED_MINDS}
    metrics: dict[str, Any] = {}
    controls: dict[str, dict[str, Any]] = {"distance to the plate": {}, "shuffled labels": {}, "without critic": {}}

    def over_rooms(mind: str, key: str, unit: str, better: Literal["higher", "lower"]) -> dict[str, Any]:
        values = (room.get(key, float("nan")) for room in rooms[mind])
        return metric(values, unit, better, SHARE, "in no room was there pain, or nothing but pain")

    for mind in SHIPPED_MINDS:
        for body in BODIES:
            for within in WITHIN:
                unit, name = (
                    f"AUROC of pain within {within} steps, body moved by {body}",
                    f"{mind}/{body}/auroc_{within}",
                )
                metrics[name] = over_rooms(mind, f"{body} critic {within}", unit, "higher")
                controls["distance to the plate"][name] = over_rooms(mind, f"{body} distance {within}", unit, "higher")
                controls["shuffled labels"][name] = over_rooms(mind, f"{body} shuffled {within}", unit, "higher")
                unit = f"calibration error of the chance of pain within {within} steps, body moved by {body}"
                key, name = f"{body} calibration {within}", f"{mind}/{body}/calibration_error_{within}"
                metrics[name] = over_rooms(mind, key, unit, "lower")
        for name, ahead in HORIZONS.items():
            unit = f"share of steps that hurt a {mind} put near the plate, looking {ahead} steps ahead"
            metrics[f"{mind}/{name}"] = over_rooms(mind, f"{name} True", unit, "lower")
            controls["without critic"][f"{mind}/{name}"] = over_rooms(mind, f"{name} False", unit, "lower")
    return save_result("fear", out, seeds, steps, metrics, controls, _draw(rooms))


def _room(name: str, seed: int, steps: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for body in BODIES:
        mind, world = Mind.load(name), worlds.make("playroom", seed=seed, frames_per_step=1)
        actions = random_actions(world, steps, seed) if body == "noise" else _from_a_life(mind, steps, seed)
        found |= {f"{body} {key}": value for key, value in predict_pain(mind, world, seed, actions).items()}
    for key, horizon, tested in (("hurt", None, TESTED), ("hurt_looking_short", SHORT, TESTED_SHORT)):
        for critic in (True, False):
            mind = Mind.load(name) if horizon is None else Mind.load(name, settings={"planner.horizon": horizon})
            room = worlds.make("playroom", seed=seed, frames_per_step=1)
            found[f"{key} {critic}"] = share_hurt(mind, room, _put_near_plate(room, seed), critic, tested)
    return found


def _from_a_life(mind: Mind, steps: int, seed: int) -> npt.NDArray[np.float32]:
    """Returns segments (steps, A), in random order, of what a mind does in another room; the same mind judges them."""
    world = worlds.make("playroom", seed=OTHER_ROOM + seed, frames_per_step=1)
    actions = np.stack([moment.action for moment in live(world, mind, LIVED, learn=False)])
    world.close()
    starts = np.random.default_rng(seed).integers(0, LIVED - SEGMENT, -(-steps // SEGMENT))
    return np.concatenate([actions[start : start + SEGMENT] for start in starts])[:steps]


def predict_pain(mind: Mind, world: World, seed: int, actions: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Moves a body by given actions, and returns how well the critic and the distance to the plate predict its pain.

    Every `SEGMENT` steps it is put somewhere near the plate, sometimes on its rim: most bodies would never get there.

    Args:
        mind: The mind whose critic predicts.
        world: A room with a hot plate; it is closed afterwards.
        seed: Seed of the places.
        actions: (T, A) actions of the body.

    Returns:
        For each number of steps in `WITHIN`, the AUROC of the critic (``"critic 5"``), of the nearness of the plate
        (``"distance 5"``) and of the critic against shuffled labels (``"shuffled 5"``), the critic's calibration error
        (``"calibration 5"``) and its bins (``"bins 5"``); none where there was no pain, or nothing but pain.
    """
    plate = world.things.index(PLATE)
    rng = np.random.default_rng(seed)
    hurt, nearness = [], []
    predicted = np.zeros((len(actions), EVENT_HORIZON))
    for step, action in enumerate(actions):
        if step % SEGMENT == 0:
            world.apply(_near_plate(world, rng))
        obs = world.observe()
        predicted[step] = pain_probability(mind, obs)
        nearness.append(-float(np.linalg.norm(obs["things"][plate, THINGS.position_xy] - obs["body"][BODY.position])))
        hurt.append(bool(world.step(action)[0]["vitals"][VITALS.damage] > 0.0))
    world.close()
    found: dict[str, Any] = {}
    for within in WITHIN:
        # A look ahead ends where the body is put somewhere else; what is hurt already is not predicted.
        steps = range(max(0, len(hurt) - within + 1))
        judged = [t for t in steps if t % SEGMENT + within <= SEGMENT and not (t and hurt[t - 1])]
        pain = np.array([any(hurt[t : t + within]) for t in judged])
        if pain.any() and not pain.all():
            probability = predicted[judged, within - 1]
            found[f"critic {within}"] = auroc(probability, pain)
            found[f"distance {within}"] = auroc(np.array(nearness)[judged], pain)
            found[f"shuffled {within}"] = auroc(probability, rng.permutation(pain))
            found[f"calibration {within}"] = calibration_error(probability, pain)
            found[f"bins {within}"] = calibration_bins(probability, pain)
    return found


def _put_near_plate(world: World, seed: int) -> Events:
    rng, calls = np.random.default_rng(seed), count()
    return lambda step: (_near_plate(world, rng, 0.7),) if next(calls) % EVERY == 0 else ()


def _near_plate(world: World, rng: np.random.Generator, least: float = 0.4) -> Place:
    angle, distance = rng.uniform(-np.pi, np.pi), rng.uniform(least, 1.5)
    plate = world.observe()["things"][world.things.index(PLATE), THINGS.position_xy]
    place = plate + distance * np.array([np.cos(angle), np.sin(angle)])
    return Place("kitten", (float(place[0]), float(place[1])))


def _draw(rooms: dict[str, list[dict[str, Any]]]) -> Figure:
    figure, axes = subplots(len(rooms), 3, (14, 4 * len(rooms)))
    for row, (mind, found) in zip(axes, rooms.items(), strict=True):
        _draw_mind(row, mind, found)
    return figure


def _draw_mind(axes: Any, mind: str, rooms: list[dict[str, Any]]) -> None:
    colors = dict(zip(BODIES, ("tab:orange", "tab:blue"), strict=True))
    for axis, within in zip(axes, WITHIN, strict=False):
        for body, color in colors.items():
            bins = np.array([each for room in rooms for each in room.get(f"{body} bins {within}", ())]).reshape(-1, 3)
            sizes = 5 + 300 * bins[:, 2]
            axis.scatter(bins[:, 0], bins[:, 1], s=sizes, color=color, alpha=0.5, label=f"moved by {body}")
        axis.plot([0, 1], [0, 1], color="black", lw=0.8, ls=":")
        axis.set(title=f"{mind}: pain within {within} steps", xlabel="chance that the critic gives")
        axis.set(ylabel="how often it came")
    axes[0].legend(frameon=False)
    plot_share_hurt(axes[2], rooms, HORIZONS)
    axes[2].set(title=f"{mind}: near the hot plate")
