"""All settings of a mind, with their reasons; a field's text is its help on the command line."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from agent.memory import PRIORITIES
from agent.planners import PLANNERS
from agent.regularizers import REGULARIZERS
from usererror import UserError, unknown

LEAST = {
    **dict.fromkeys(("hidden", "attend", "horizon", "iterations", "slides", "batch", "threads"), 1),
    **dict.fromkeys(("ensemble", "elites"), 2),  # one alone never differs
    **dict.fromkeys(("what", "babble", "updates"), 0),
    **dict.fromkeys(("eye_tokens", "frames"), 1),
    "shift": 0,
}
MOST = 10_000_000
WORDS = {"int": "a whole number", "float": "a number", "str": "a word", "bool": "true or false"}


@dataclass(frozen=True)
class MindConfig:
    """How a mind is built, learns and plans."""

    ensemble: int = 5
    """Members of the world model: their disagreement is what the mind knows that it does not know."""
    hidden: int = 64
    """Width of the predictor's two hidden layers."""
    what: int = 8
    """Learned latent dimensions per token, beside its sensed whereabouts; 0 leaves the latents out."""
    eye: bool = False
    """Whether to see by the eye beside things; where a world tells of no things, a mind sees by it in any case."""
    eye_tokens: int = 4
    """Tokens that a picture becomes."""
    frames: int = 20_000
    """Most transitions remembered by a mind that sees: each picture takes 21 kB, memory that is taken as it fills."""
    belief: bool = False
    """Whether things out of sight are believed to go on, as the world model says; for worlds made with things=seen."""
    attend: int = 4
    """Things attended at once: the others are taken to stay where they are."""
    horizon: int = 14
    """Control steps looked ahead; 14 are 2.8 s."""
    samples: int = 48
    """Plans imagined per iteration of the planner."""
    iterations: int = 2
    """Iterations of the planner per control step."""
    elites: int = 8
    """Best plans that shape the next iteration."""
    planner: str = "icem"
    """How plans are sought: icem, mppi, gradient (as many plans as elites, down the slope of costs), or icem+gradient
    (the elites, refined)."""
    slides: int = 3
    """Steps down the slope of costs, of the planners that use it."""
    noise_beta: float = 2.5
    """Colour of the planner's noise: 0 white, 2 brown; higher is smoother in time."""
    babble: int = 150
    """First steps of a life, moved by smooth noise while there is nothing to plan with."""
    batch: int = 64
    """Transitions per learning update."""
    rare: float = 0.5
    """Share of a batch that is drawn by priority; the rest is drawn evenly."""
    priority: str = "error"
    """Of what is drawn more often: error (badly predicted), or curious (seldom drawn, or badly predicted)."""
    updates: int = 4
    """Learning updates per control step."""
    learning_rate: float = 1e-3
    """Step size of Adam for world model, critic and objectives."""
    regularizer: str = "vicreg"
    """What keeps learned latents from collapsing: vicreg, barlow, sigreg, infonce, or none, as a control."""
    regularization: float = 0.05
    """Weight of the regulariser."""
    inverse: float = 0.05
    """Weight of reading the action back from two successive latents (inverse dynamics)."""
    past: float = 0.0
    """Weight of predicting learned latents backwards, from the ones after them and the action."""
    masked: float = 0.0
    """Weight of predicting the learned latents of a masked sense from the others."""
    mirror: bool = False
    """Whether half of what is learnt from is seen in a mirror: a room and its mirror image are equally likely."""
    noise: float = 0.0
    """Noise added to what is learnt from, in units of what usually changes in a step."""
    shift: int = 0
    """Pixels by which pictures that are learnt from are moved at most."""
    light: float = 0.0
    """Share by which pictures that are learnt from are made brighter or darker at most."""
    capacity: int = 100_000
    """Transitions remembered."""
    discount: float = 0.95
    """Of the critic per control step: 0.95 looks about 4 s ahead."""
    trace: float = 0.9
    """How far imagined costs are trusted before the critic's word, per control step: 0 at once, 1 to the horizon."""
    critic: bool = True
    """Whether plans end in what the critic anticipates; False is for ablations."""
    dreams: bool = True
    """Whether the critic also learns from remembered moments that are imagined somewhere else."""
    threads: int = 1
    """Torch threads; small nets are fastest on one, and more than the free cores is a cliff."""
    objectives: dict[str, float] = field(
        default_factory=lambda: {"disagreement": 1.0, "pain": 6.0, "hunger": 1.0, "effort": 0.05}
    )
    """Objectives and their weights."""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if isinstance(value, float) and not math.isfinite(value):
                raise UserError(f"{name}={value} must be a finite number")
            if isinstance(value, int) and value > MOST:
                raise UserError(f"{name}={value} is more than any mind can have; at most {MOST}")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise UserError(f"{name}={getattr(self, name)} must be at least {least}")
        if self.planner not in PLANNERS:
            raise unknown("planner", self.planner, PLANNERS)
        if self.priority not in PRIORITIES:
            raise unknown("priority", self.priority, tuple(PRIORITIES))
        if self.regularizer not in REGULARIZERS:
            raise unknown("regularizer", self.regularizer, REGULARIZERS)
        if self.elites > self.samples - 2:
            raise UserError(f"elites={self.elites} cannot exceed samples={self.samples} less two")
        if self.capacity <= self.batch:
            raise UserError(f"capacity={self.capacity} must exceed batch={self.batch}, or it never learns")
        if self.frames <= self.batch:
            raise UserError(f"frames={self.frames} must exceed batch={self.batch}, or a mind that sees never learns")
        if not self.learning_rate > 0.0:
            raise UserError(f"learning_rate={self.learning_rate} must be positive")
        if not 0.0 <= self.rare <= 1.0:
            raise UserError(f"rare={self.rare} must be from 0 to 1")
        for name in ("regularization", "inverse", "noise_beta", "past", "masked", "noise", "light"):
            if getattr(self, name) < 0.0:
                raise UserError(f"{name}={getattr(self, name)} must not be negative")
        if not 0.0 <= self.trace <= 1.0:
            raise UserError(f"trace={self.trace} must be from 0 to 1")
        if not 0.0 <= self.discount < 1.0:
            raise UserError(f"discount={self.discount} must be from 0 to below 1")

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> MindConfig:
        """Reads back what `to_json` wrote.

        Raises:
            UserError: If a setting does not exist, or has a value of another kind.
        """
        kinds = {f.name: str(f.type) for f in fields(cls)}
        for name, value in values.items():
            if name not in kinds:
                raise unknown("setting of a mind", name, kinds)
            if name == "objectives" and not isinstance(value, dict):
                raise UserError(f"objectives={value!r} must be weights by name")
            kind = type(value).__name__
            if kinds[name] in WORDS and kind != kinds[name] and (kind, kinds[name]) != ("int", "float"):
                raise UserError(f"{name}={value!r} must be {WORDS[kinds[name]]}")
        return cls(**values)
