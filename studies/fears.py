"""Whether the critic foretells pain: what `studies.foresight` measures of fear."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import mannwhitneyu

from agent import Mind
from agent.babble import babbling
from agent.configurator import attend, tokens
from agent.critic import AHEAD
from worlds import Place, World

SOON = (5, 20)  # steps ahead within which it is hurt
MOVED = 1500  # control steps of the body that is moved at random
LEFT_ALONE = 25  # of them, before it is put somewhere else


@torch.no_grad()
def fears(mind: Mind, world: World, seed: int, steps: int = MOVED) -> dict[str, float]:
    """Moves a body at random, and returns how well the critic, and the distance to the plate, foretell its pain.

    Now and then it is put somewhere near the plate, or most lives at random would never come to it.

    Returns:
        The AUROC of each within so many steps (``"critic 5"``), of the critic against shuffled labels, and by how much
        the critic's chances are off on average (``"calibration 5"``).
    """
    pain, plate, chance = mind.drives.index("pain"), world.things.index("hot plate"), np.random.default_rng(seed)
    hurt, near = [], []
    alarm = np.zeros((steps, AHEAD))
    for step, action in enumerate(babbling(mind.actions, steps, seed)):
        if step % LEFT_ALONE == 0:
            angle, far = chance.uniform(-np.pi, np.pi), chance.uniform(0.4, 1.5)
            at = world.observe()["things"][plate, :2] + far * np.array([np.cos(angle), np.sin(angle)])
            world.apply(Place("kitten", (float(at[0]), float(at[1]))))
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
