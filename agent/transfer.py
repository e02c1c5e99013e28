"""A mind with another predictor that remembers what another lived."""

from __future__ import annotations

from agent.mind import Mind
from worlds import World


def transfer_to_wider_model(mind: Mind, world: World, hidden: int, beside: bool | None = None) -> Mind:
    """Makes a mind with another predictor that remembers all that a mind lived.

    A net cannot be stretched, but what was lived can be learnt again, best offline (`agent.consolidation`). What does
    not depend on the predictor is kept: perception, objectives, the critic if it sees as much, and the predictor's last
    biases. What its feelings are used to begins anew, as does any reflex and any second level.

    Args:
        mind: Whose life it was.
        world: That both live in.
        hidden: Width of the predictor.
        beside: Whether it sees what lies beside each thing; as before when not given.

    Raises:
        UserError: If the mind cannot live in this world.
    """
    beside = mind.config.model.neighbor_features if beside is None else beside
    new = Mind(
        dict(mind.shapes),
        mind.actions,
        mind.config.updated({"model.hidden_size": hidden, "model.neighbor_features": beside}),
        mind.seed,
    )
    new.check_objectives()
    own = new.state_dict()
    alike = {k: v for k, v in mind.state_dict().items() if k in own and own[k].shape == v.shape}
    new.load_state_dict({**own, **alike})
    new.memory.load_state_dict(mind.memory.state_dict())
    new.steps = mind.steps
    new.attach(world)
    return new
