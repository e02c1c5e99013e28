"""Transfer: a mind with other dynamics that keeps the replay buffer of another, and all that fits."""

from __future__ import annotations

from agent.mind import Mind
from worlds import World


def transfer(mind: Mind, world: World, hidden_size: int, neighbor_features: bool | None = None) -> Mind:
    """Makes a mind with dynamics of another size that keeps what a mind has lived.

    A network cannot be widened, but what was lived can be learned again, best offline (`agent.consolidation`). What
    does not depend on the dynamics is kept: perception, objectives, the critic if its inputs are the same, and the last
    biases of the dynamics. Running means of emotions, a policy and a second level begin anew.

    Args:
        mind: The mind whose memory is kept; it stays as it is.
        world: The world that both live in.
        hidden_size: Width of the hidden layers of the dynamics.
        neighbor_features: Whether a token also tells what lies beside its thing; as before when not given.

    Returns:
        The new mind.

    Raises:
        UserError: If the mind cannot live in this world.
    """
    settings: dict[str, object] = {"model.hidden_size": hidden_size}
    if neighbor_features is not None:
        settings["model.neighbor_features"] = neighbor_features
    new = Mind(dict(mind.shapes), mind.actions, mind.config.updated(settings), mind.seed)
    new.check_objectives()
    own = new.state_dict()
    kept = {k: v for k, v in mind.state_dict().items() if k in own and own[k].shape == v.shape}
    new.load_state_dict({**own, **kept})
    new.memory.load_state_dict(mind.memory.state_dict())
    new.steps = mind.steps
    new.attach(world)
    return new
