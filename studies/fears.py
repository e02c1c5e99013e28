"""Whether the critic foretells pain: what `studies.foresight` measures of fear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import mannwhitneyu

from agent import Mind, live
from agent.babble import babbling
from agent.configurator import attend, tokens
from agent.critic import AHEAD
from agent.life import Events
from worlds import Place, World

PLATE = "hot plate"
SOON = (5, 20)  # steps ahead within which it is hurt
MOVED = 1500  # control steps of the body that is moved at random
LEFT_ALONE = 25  # of them, before it is put somewhere else
TEMPTED = 400  # control steps of a kitten that is put near the plate again and again


@torch.no_grad()
def fears(mind: Mind, world: World, seed: int, steps: int = MOVED) -> dict[str, float]:
    """Moves a body at random, and returns how well the critic, and the distance to the plate, foretell its pain.

    Now and then it is put somewhere near the plate, or most lives at random would never come to it.

    Returns:
        The AUROC of each within so many steps (``"critic 5"``), of the critic against shuffled labels, and by how much
        the critic's chances are off on average (``"calibration 5"``).
    """
    plate = world.things.index(PLATE)
    pain, chance = mind.drives.index("pain"), np.random.default_rng(seed)
    hurt, near = [], []
    alarm = np.zeros((steps, AHEAD))
    for step, action in enumerate(babbling(mind.actions, steps, seed)):
        if step % LEFT_ALONE == 0:
            world.apply(_near_plate(world, chance))
        obs = world.observe()
        senses = {name: torch.from_numpy(obs[name]) for name in ("body", "touch", "things", "vitals")}
        attended = attend(senses, mind.config.attend)
        latent = tokens(mind.perception(senses), attended)[None]
        sight = mind.world_model.sight(latent, mind.perception.appearance(senses)[attended][None])
        alarm[step] = mind.critic.alarm(sight)[0, pain].numpy()
        near.append(-float((senses["things"][plate, :2] - senses["body"][:2]).norm()))
        hurt.append(bool(world.step(action)[0]["vitals"][1] > 0.0))
    world.close()
    found = {}
    for soon in SOON:
        # A look ahead ends where the body is put somewhere else; what is hurt already is not foretold.
        whole = [t for t in range(len(hurt)) if t % LEFT_ALONE + soon <= LEFT_ALONE and not (t and hurt[t - 1])]
        ahead = np.array([any(hurt[t : t + soon]) for t in whole])
        if ahead.any() and not ahead.all():
            told = alarm[whole, soon - 1]
            found[f"critic {soon}"] = auroc(told, ahead)
            found[f"distance {soon}"] = auroc(np.array(near)[whole], ahead)
            found[f"shuffled {soon}"] = auroc(told, chance.permutation(ahead))
            found[f"calibration {soon}"] = calibration_error(told, ahead)
    return found


def burns(mind: Mind, world: World, seed: int, critic: bool, steps: int = TEMPTED) -> float:
    """Returns the share of steps in which a mind is hurt that acts but is put near the plate again and again.

    Args:
        mind: It learns nothing meanwhile.
        world: A room with a hot plate.
        seed: Of the places.
        critic: Whether its plans end in what the critic anticipates.
        steps: Control steps.
    """
    chance = np.random.default_rng(seed)
    mind.actor.config = replace(mind.actor.config, critic=critic)
    hurt = 0.0
    for moment in live(world, mind, steps, _putting(world, chance), learn=False):
        hurt += float(moment.obs["vitals"][1] > 0.0)
    world.close()
    return hurt / steps


def _putting(world: World, chance: np.random.Generator) -> Events:
    left = iter(range(1_000_000))
    return lambda step: (_near_plate(world, chance, 0.7),) if next(left) % LEFT_ALONE == 0 else ()


def _near_plate(world: World, chance: np.random.Generator, least: float = 0.4) -> Place:
    angle, far = chance.uniform(-np.pi, np.pi), chance.uniform(least, 1.5)
    at = world.observe()["things"][world.things.index(PLATE), :2] + far * np.array([np.cos(angle), np.sin(angle)])
    return Place("kitten", (float(at[0]), float(at[1])))


def calibration_error(chance: npt.NDArray[np.float64], came: npt.NDArray[np.bool_], bins: int = 10) -> float:
    """Returns how far chances are from how often it came, on average over moments, in bins of like chances.

    Source: expected calibration error, Naeini et al. 2015 (AAAI), with bins of equal width.
    """
    place = np.minimum((chance * bins).astype(int), bins - 1)
    gaps = [abs(chance[place == i].mean() - came[place == i].mean()) * np.mean(place == i) for i in set(place)]
    return float(sum(gaps))


def auroc(score: npt.NDArray[np.float64], label: npt.NDArray[np.bool_]) -> float:
    """Returns the chance that a score is higher where the label is true than where it is not."""
    return float(mannwhitneyu(score[label], score[~label]).statistic / (label.sum() * (~label).sum()))
