"""A mind fears before it is hurt: the critic foretells pain.

The shipped minds, whose nets do not learn here, watch a body that minds nothing and is put near the hot plate again and
again: it moves by smooth noise, or by what the mind did in a life elsewhere. What the critic says of pain to come is
held against what comes: how well it tells moments before pain from others, and whether its chances come true in their
measure. Controls: the distance to the plate, and shuffled labels. Then the creature itself is put near the plate again
and again, with the critic and without it, as far as it looks ahead and, since a mind that sees heat coming needs
no critic, looking ahead but 0.6 s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import matplotlib

from housecat.core.obs_layout import BODY, THINGS, VITALS

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import mannwhitneyu

import worlds
from agent import Mind, MindConfig, live
from agent.actor.exploration_noise import babbling
from agent.critic.critic import AHEAD
from agent.loop import Events
from agent.mind import Obs
from agent.perception.attention import attend, tokens
from studies.common.lives import MINDS, metric, result
from studies.common.runner import Progress, side_by_side
from worlds import Place, World

PLATE = "hot plate"
SOON = (5, 20)  # steps ahead within which it is hurt
STEPS = 4000  # control steps of each body that minds nothing
LEFT_ALONE = 40  # of them, before it is put somewhere else
BODIES = "noise", "life"
LIVED = 1000  # control steps elsewhere, from which the second body takes its actions
ELSEWHERE = 10_000  # added to a seed for the room of that life
TEMPTED, EVERY = 400, 25  # control steps near the plate, and after how many it is put there again
SHORT, SHORTLY = 3, 1000  # steps that it looks ahead, and control steps, where it looks less far
BINS = 10
Floats = npt.NDArray[np.float64]


def run(seeds: tuple[int, ...], out: Path, progress: Progress, steps: int = STEPS) -> dict[str, Any]:
    """Measures and draws; `steps` counts those of each body that minds nothing."""
    lives = [(name, seed) for name in MINDS for seed in seeds]
    found = side_by_side(partial(_room, steps=steps), lives, progress, out / "lives")
    rooms = {name: [found[name, seed] for seed in seeds] for name in MINDS}
    metrics: dict[str, Any] = {}
    controls: dict[str, Any] = {}

    def note(group: dict[str, Any], who: str, key: str, name: str, unit: str, better: Any) -> None:
        if values := [room[name] for room in rooms[who] if name in room]:
            group[f"{who}/{key}"] = metric(values, f"{unit}, {len(values)} rooms", better)

    for who in MINDS:
        for body in BODIES:
            for soon in SOON:
                unit = f"AUROC of pain within {soon} steps of a body moved by {body}"
                note(metrics, who, f"{body}/auroc_{soon}", f"{body} critic {soon}", unit, "higher")
                note(controls, who, f"{body}/distance_auroc_{soon}", f"{body} distance {soon}", unit, "higher")
                note(controls, who, f"{body}/shuffled_auroc_{soon}", f"{body} shuffled {soon}", unit, "higher")
                unit = f"how far the chance of pain within {soon} steps is off, body moved by {body}"
                note(metrics, who, f"{body}/calibration_error_{soon}", f"{body} calibration {soon}", unit, "lower")
        for name, ahead in (("burnt", "its whole horizon"), ("burnt_looking_short", f"{SHORT} steps")):
            unit = f"share of steps that hurt a {who} put near the plate, looking {ahead} ahead"
            note(metrics, who, name, f"{name} True", unit, "lower")
            note(controls, who, f"{name}_without_critic", f"{name} False", unit, "lower")
    _draw(rooms, out / "figure.png")
    return result(
        "fear", seeds, steps, metrics, {"distance to the plate, shuffled labels, or without the critic": controls}
    )


def _room(name: str, seed: int, steps: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for body in BODIES:
        mind = Mind.load(name)
        actions = babbling(mind.actions, steps, seed) if body == "noise" else _from_a_life(mind, steps, seed)
        told = foretold(mind, worlds.make("playroom", seed=seed, frames_per_step=1), seed, actions)
        found |= {f"{body} {what}": value for what, value in told.items()}
    for what, horizon, tempted in (("burnt", None, TEMPTED), ("burnt_looking_short", SHORT, SHORTLY)):
        for critic in (True, False):
            mind = Mind.load(name) if horizon is None else Mind.load(name, horizon=horizon)
            room = worlds.make("playroom", seed=seed, frames_per_step=1)
            found[f"{what} {critic}"] = burns(mind, room, _putting(room, seed), critic, tempted)
    return found


def _from_a_life(mind: Mind, steps: int, seed: int) -> npt.NDArray[np.float32]:
    """Returns stretches (steps, A), in any order, of what a mind does in another room; the same mind judges them."""
    world = worlds.make("playroom", seed=ELSEWHERE + seed, frames_per_step=1)
    did = np.stack([moment.action for moment in live(world, mind, LIVED, learn=False)])
    world.close()
    begins = np.random.default_rng(seed).integers(0, LIVED - LEFT_ALONE, -(-steps // LEFT_ALONE))
    return np.concatenate([did[begin : begin + LEFT_ALONE] for begin in begins])[:steps]


@torch.no_grad()
def alarmed(mind: Mind, obs: Obs) -> Floats:
    """Returns the chances (AHEAD,) that a mind gives to pain within 1, 2, ... control steps."""
    senses = {name: torch.from_numpy(obs[name]) for name in ("body", "touch", "things", "vitals")}
    attended = attend(senses, mind.config.attend)
    latent = tokens(mind.perception(senses), attended)[None]
    sight = mind.world_model.sight(latent, mind.perception.appearance(senses)[attended][None])
    alarm: Floats = mind.critic.alarm(sight)[0, mind.drives.index("pain")].double().numpy()
    return alarm


def foretold(mind: Mind, world: World, seed: int, actions: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Moves a body that minds nothing, and returns how well the critic and the distance to the plate foretell its pain.

    Now and then it is put somewhere near the plate, some on its rim, or most bodies would never come to it.

    Args:
        mind: Whose critic is asked.
        world: A room with a hot plate.
        seed: Of the places.
        actions: (T, A) of the body.

    Returns:
        The AUROC of each within so many steps (``"critic 5"``), of the critic against shuffled labels, by how much the
        critic's chances are off on average (``"calibration 5"``), and what they are beside what came (``"bins 5"``).
    """
    plate = world.things.index(PLATE)
    chance = np.random.default_rng(seed)
    hurt, near = [], []
    alarm = np.zeros((len(actions), AHEAD))
    for step, action in enumerate(actions):
        if step % LEFT_ALONE == 0:
            world.apply(_near_plate(world, chance))
        obs = world.observe()
        alarm[step] = alarmed(mind, obs)
        near.append(-float(np.linalg.norm(obs["things"][plate, THINGS.position_xy] - obs["body"][BODY.position])))
        hurt.append(bool(world.step(action)[0]["vitals"][VITALS.damage] > 0.0))
    world.close()
    found: dict[str, Any] = {}
    for soon in SOON:
        # A look ahead ends where the body is put somewhere else; what is hurt already is not foretold.
        still = range(max(0, len(hurt) - soon + 1))
        whole = [t for t in still if t % LEFT_ALONE + soon <= LEFT_ALONE and not (t and hurt[t - 1])]
        ahead = np.array([any(hurt[t : t + soon]) for t in whole])
        if ahead.any() and not ahead.all():
            told = alarm[whole, soon - 1]
            found[f"critic {soon}"] = auroc(told, ahead)
            found[f"distance {soon}"] = auroc(np.array(near)[whole], ahead)
            found[f"shuffled {soon}"] = auroc(told, chance.permutation(ahead))
            found[f"calibration {soon}"] = calibration_error(told, ahead)
            found[f"bins {soon}"] = list(_binned(told, ahead))
    return found


def burns(mind: Mind, world: World, putting: Events, critic: bool, steps: int) -> float:
    """Returns the share of steps in which a mind is hurt that acts but is put near what hurts again and again.

    Args:
        mind: It learns nothing meanwhile.
        world: A room with what hurts.
        putting: What puts it there.
        critic: Whether its plans end in what the critic anticipates.
        steps: Control steps.
    """
    mind.actor.config = replace(mind.actor.config, critic=critic)
    hurt = 0.0
    for moment in live(world, mind, steps, putting, learn=False):
        hurt += float(moment.obs["vitals"][VITALS.damage] > 0.0)
    world.close()
    return hurt / steps


def _putting(world: World, seed: int) -> Events:
    chance, asked = np.random.default_rng(seed), count()
    return lambda step: (_near_plate(world, chance, 0.7),) if next(asked) % EVERY == 0 else ()


def _near_plate(world: World, chance: np.random.Generator, least: float = 0.4) -> Place:
    angle, far = chance.uniform(-np.pi, np.pi), chance.uniform(least, 1.5)
    plate = world.observe()["things"][world.things.index(PLATE), THINGS.position_xy]
    at = plate + far * np.array([np.cos(angle), np.sin(angle)])
    return Place("kitten", (float(at[0]), float(at[1])))


def calibration_error(chance: Floats, came: npt.NDArray[np.bool_]) -> float:
    """Returns how far chances are from how often it came, on average over moments, in bins of like chances.

    Source: expected calibration error, Naeini et al. 2015 (AAAI), with bins of equal width.
    """
    return float(sum(abs(told - happened) * share for told, happened, share in _binned(chance, came)))


def _binned(chance: Floats, came: npt.NDArray[np.bool_]) -> Iterator[tuple[float, float, float]]:
    """Yields, for each bin of like chances, their mean, how often it came, and the share of moments."""
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    for i in np.unique(place):
        here = place == i
        yield float(chance[here].mean()), float(came[here].mean()), float(here.mean())


def auroc(score: npt.NDArray[np.float64], label: npt.NDArray[np.bool_]) -> float:
    """Returns the chance that a score is higher where the label is true than where it is not."""
    return float(mannwhitneyu(score[label], score[~label]).statistic / (label.sum() * (~label).sum()))


def _draw(rooms: dict[str, list[dict[str, Any]]], path: Path) -> None:
    fig, axes = plt.subplots(len(rooms), 3, figsize=(14, 4 * len(rooms)), squeeze=False, layout="constrained")
    for row, (who, lived) in zip(axes, rooms.items(), strict=True):
        _draw_mind(row, who, lived)
    fig.savefig(path, dpi=110)
    plt.close(fig)


def _draw_mind(axes: Any, who: str, rooms: list[dict[str, Any]]) -> None:
    colors = dict(zip(BODIES, ("tab:orange", "tab:blue"), strict=True))
    for axis, soon in zip(axes, SOON, strict=False):
        for body, color in colors.items():
            bins = np.array([each for room in rooms for each in room.get(f"{body} bins {soon}", ())]).reshape(-1, 3)
            sizes = 5 + 300 * bins[:, 2]
            axis.scatter(bins[:, 0], bins[:, 1], s=sizes, color=color, alpha=0.5, label=f"moved by {body}")
        axis.plot([0, 1], [0, 1], color="black", lw=0.8, ls=":")
        axis.set(title=f"the {who}: pain within {soon} steps", xlabel="chance that the critic tells")
        axis.set(ylabel="how often it came")
    axes[0].legend(frameon=False)
    draw_burns(axes[2], rooms, {"burnt": MindConfig.horizon, "burnt_looking_short": SHORT})
    axes[2].set(title=f"the {who} near the hot plate")


def draw_burns(axis: Any, rooms: list[dict[str, Any]], ahead: dict[str, int]) -> None:
    """Draws what `burns` returned with critic (``"burnt True"``) and without, by names and how far these look ahead."""
    for i, critic in enumerate((True, False)):
        hurt = np.array([[room[f"{name} {critic}"] for name in ahead] for room in rooms])  # (rooms, names)
        axis.bar(np.arange(len(ahead)) + 0.4 * i, hurt.mean(0), 0.35, label="with critic" if critic else "without")
        for j in range(len(ahead)):
            axis.plot(np.full(len(hurt), j + 0.4 * i), hurt[:, j], "k.", ms=4)
    axis.set(ylabel="share of steps that hurt", xticks=np.arange(len(ahead)) + 0.2)
    axis.set_xticklabels([f"looking {steps} steps ahead" for steps in ahead.values()])
    axis.legend(frameon=False)
