"""Whether the critic foretells pain: what `studies.foresight` measures of fear."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import mannwhitneyu

from agent import Mind
from agent.babble import babbling
from agent.configurator import attend, tokens
from worlds import Place, World

SOON = (5, 20)  # steps ahead within which it is hurt
MOVED = 1500  # control steps of the body that is moved at random
LEFT_ALONE = 25  # of them, before it is put somewhere else


@torch.no_grad()
def fears(mind: Mind, world: World, seed: int, steps: int = MOVED) -> dict[str, float]:
    """Moves a body at random, and returns how well the critic, and the distance to the plate, foretell its pain.

    Now and then it is put somewhere near the plate, or most lives at random would never come to it.
    """
    pain, plate, chance = mind.drives.index("pain"), world.things.index("hot plate"), np.random.default_rng(seed)
    hurt, fear, near = [], [], []
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
        fear.append(float(mind.critic.expect(sight)[0, pain]))
        near.append(-float((senses["things"][plate, :2] - senses["body"][:2]).norm()))
        hurt.append(bool(world.step(action)[0]["vitals"][1] > 0.0))
    world.close()
    found = {}
    for soon in SOON:
        # A look ahead ends where the body is put somewhere else; what is hurt already is not foretold.
        whole = [t for t in range(len(hurt)) if t % LEFT_ALONE + soon <= LEFT_ALONE and not (t and hurt[t - 1])]
        ahead = np.array([any(hurt[t : t + soon]) for t in whole])
        if ahead.any() and not ahead.all():
            for name, told in (("critic", fear), ("distance", near)):
                found[f"{name} {soon}"] = auroc(np.array(told)[whole], ahead)
    return found


def auroc(score: npt.NDArray[np.float64], label: npt.NDArray[np.bool_]) -> float:
    """Returns the chance that a score is higher where the label is true than where it is not."""
    return float(mannwhitneyu(score[label], score[~label]).statistic / (label.sum() * (~label).sum()))
