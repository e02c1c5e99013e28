"""How often a body is hurt beside what hurts, with the critic of its mind and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.axes import Axes

from agent import Mind, live
from agent.loop import Events
from agent.mind import Obs
from agent.perception.attention import select_things, select_tokens
from housecat.core.obs_layout import VITALS
from worlds import World

SHORT = 3  # control steps of planning: too short to see a way off what hurts
Floats = npt.NDArray[np.float64]


@torch.no_grad()
def pain_probability(mind: Mind, obs: Obs) -> Floats:
    """Returns the probabilities (AHEAD,) that the critic gives to pain within 1, 2, ... control steps."""
    senses = {name: torch.from_numpy(obs[name]) for name in ("body", "touch", "things", "vitals")}
    attended = select_things(senses, mind.config.attention.num_attended)
    latent = select_tokens(mind.perception(senses), attended)[None]
    ego = mind.world_model.ego_features_of(latent, mind.perception.appearance(senses)[attended][None])
    alarm: Floats = mind.critic.event_probability(ego)[0, mind.drives.index("pain")].double().numpy()
    return alarm


def share_hurt(mind: Mind, world: World, events: Events, critic: bool, steps: int) -> float:
    """Returns the share of steps in which a mind is hurt that acts, but is put near what hurts again and again.

    Args:
        mind: The mind that acts; it learns nothing meanwhile.
        world: A world with something that hurts; it is closed afterwards.
        events: What puts the body near it.
        critic: Whether its plans end in what the critic anticipates.
        steps: Control steps.
    """
    mind.actor.config = mind.actor.config.updated({"planner.use_critic": critic})
    hurt = 0.0
    for moment in live(world, mind, steps, events, learn=False):
        hurt += float(moment.obs["vitals"][VITALS.damage] > 0.0)
    world.close()
    return hurt / steps


def plot_share_hurt(axis: Axes, rooms: Sequence[Mapping[str, Any]], horizons: Mapping[str, int]) -> None:
    """Draws what `share_hurt` returned with critic (``"hurt True"``) and without (``"hurt False"``).

    Args:
        axis: Where to draw.
        rooms: What was measured in each room, by ``"NAME True"`` and ``"NAME False"``.
        horizons: How many steps ahead the plans look, by NAME.
    """
    for i, critic in enumerate((True, False)):
        hurt = np.array([[room[f"{name} {critic}"] for name in horizons] for room in rooms])  # (rooms, names)
        axis.bar(np.arange(len(horizons)) + 0.4 * i, hurt.mean(0), 0.35, label="with critic" if critic else "without")
        for j in range(len(horizons)):
            axis.plot(np.full(len(hurt), j + 0.4 * i), hurt[:, j], "k.", ms=4)
    axis.set(ylabel="share of steps that hurt", xticks=np.arange(len(horizons)) + 0.2)
    axis.set_xticklabels([f"looking {steps} steps ahead" for steps in horizons.values()])
    axis.legend(frameon=False)
