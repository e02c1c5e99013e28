"""What the settings of a mind may be, and which go together."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING

from agent.actor.planners import PLANNERS
from agent.memory.replay_buffer import PRIORITIES
from agent.world_model.regularizers import REGULARIZERS
from housecat.core.errors import UserError, unknown_name

if TYPE_CHECKING:
    from agent.config import MindConfig

LEAST = {
    **dict.fromkeys(("hidden", "attend", "horizon", "rollout_steps", "iterations", "slides", "batch", "threads"), 1),
    **dict.fromkeys(("clocks", "far", "eye_tokens", "frames"), 1),
    "far_samples": 16,
    **dict.fromkeys(("ensemble", "elites", "macro"), 2),  # one alone never differs
    **dict.fromkeys(("what", "babble", "updates", "futures", "reflex_seeds", "reflex_check", "shift"), 0),
}
MOST = 10_000_000
CHOICES = {
    "planner": PLANNERS,
    "priority": PRIORITIES,
    "regularizer": REGULARIZERS,
    "configurator": ("near", "fixed", "learned", "random"),
    "pipeline": ("off", "on", "inline"),
    "reflex": ("off", "seed", "trust", "act"),
}
# A double of the mind thinks ahead, which does not hand back all that a second level and a reflex keep; and neither
# chance, stretches nor a second level leave out what was only believed.
APART = (
    *(("pipeline", other) for other in ("clocks", "reflex")),
    *(("belief", other) for other in ("futures", "rollout_steps", "clocks")),
)
NOT_NEGATIVE = (
    *("regularization", "inverse", "noise_beta", "reflex_slope", "reflex_tolerance"),
    *("pose", "past", "masked", "noise", "light"),
)
SHARES = "rare", "trace", "reflex_tries"


def check(config: MindConfig) -> None:
    """Raises a UserError where a setting is out of its range, or does not go with another."""
    for name, value in asdict(config).items():
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{name}={value} must be a finite number")
        if isinstance(value, int) and value > MOST:
            raise UserError(f"{name}={value} is more than any mind can have; at most {MOST}")
    for name, least in LEAST.items():
        if getattr(config, name) < least:
            raise UserError(f"{name}={getattr(config, name)} must be at least {least}")
    for name, choices in CHOICES.items():
        if getattr(config, name) not in choices:
            raise unknown_name(name, getattr(config, name), tuple(choices))
    if config.elites + config.reflex_seeds > config.samples - 2 and config.reflex != "off":
        raise UserError(
            f"elites={config.elites} and reflex_seeds={config.reflex_seeds} together cannot exceed "
            f"samples={config.samples} less two"
        )
    if config.planner == "gradient" and config.reflex != "off" and config.reflex_seeds >= config.elites - 1:
        raise UserError(
            f"planner=gradient begins with elites={config.elites} plans in all, and reflex_seeds={config.reflex_seeds} "
            "leave none for itself; at most elites less two"
        )
    if config.reflex_tries and config.reflex != "trust":
        raise UserError(f"reflex_tries={config.reflex_tries} needs reflex=trust; it is reflex={config.reflex}")
    if config.elites > config.samples - 2:
        raise UserError(f"elites={config.elites} cannot exceed samples={config.samples} less two")
    if config.clocks > 2:
        raise UserError(f"clocks={config.clocks}; there are 1 or 2")
    if config.capacity <= config.batch:
        raise UserError(f"capacity={config.capacity} must exceed batch={config.batch}, or it never learns")
    if config.frames <= config.batch:
        raise UserError(f"frames={config.frames} must exceed batch={config.batch}, or a mind that sees never learns")
    if not config.learning_rate > 0.0:
        raise UserError(f"learning_rate={config.learning_rate} must be positive")
    for name in SHARES:
        if not 0.0 <= getattr(config, name) <= 1.0:
            raise UserError(f"{name}={getattr(config, name)} must be from 0 to 1")
    for name in NOT_NEGATIVE:
        if getattr(config, name) < 0.0:
            raise UserError(f"{name}={getattr(config, name)} must not be negative")
    for name, other in APART:
        if all(getattr(config, one) != getattr(type(config), one) for one in (name, other)):
            both = f"{name}={getattr(config, name)} and {other}={getattr(config, other)}"
            raise UserError(f"{both} do not go together yet; leave one of them out")
    if config.rare == 1.0 and config.critic:
        raise UserError("rare=1 leaves the critic nothing to learn from, which needs what is drawn evenly; below 1")
    if config.risk and config.futures < 2:
        raise UserError(f"risk={config.risk} needs futures to weigh, at least 2: futures={config.futures} gives none")
    if not 0.0 <= config.discount < 1.0:
        raise UserError(f"discount={config.discount} must be from 0 to below 1")
