"""A mind with other nets that remembers what another lived."""

from __future__ import annotations

from typing import Any

from agent.config import MindConfig
from agent.mind import Mind
from worlds import World


def regrown(mind: Mind, world: World, **settings: Any) -> Mind:
    """Makes a mind of another build that remembers all that a mind lived, to learn from it anew.

    A net cannot be stretched; what was lived can be learnt again, best in sleep (`agent.sleep`). What the two have
    alike in shape is kept: with another width of the predictor its perception and its critic.

    Args:
        mind: Whose life it was.
        world: That both live in.
        **settings: In place of those it had, such as ``hidden=128``.

    Raises:
        UserError: If the settings make no mind, or none for this world.
    """
    new = Mind.born(world, seed=mind.seed, config=MindConfig.from_json({**mind.config.to_json(), **settings}))
    own = new.state_dict()
    alike = {k: v for k, v in mind.state_dict().items() if k in own and own[k].shape == v.shape}
    new.load_state_dict({**own, **alike})
    new.memory.load(mind.memory.state(), mind.memory.costs)
    new.steps = mind.steps
    return new
