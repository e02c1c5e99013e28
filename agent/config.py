"""All settings of a mind, with their reasons; a field's text is its help on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from agent.config_checks import check
from housecat.core.errors import UserError, unknown_name

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
    beside: bool = False
    """Whether it sees what lies beside each thing, which may be in the thing's way."""
    eye: bool = False
    """Whether to see by the eye beside things; where a world tells of no things, a mind sees by it in any case."""
    eye_tokens: int = 4
    """Tokens that a picture becomes."""
    frames: int = 20_000
    """Most transitions remembered by a mind that sees: each picture takes 21 kB, memory that is taken as it fills."""
    belief: bool = False
    """Whether things out of sight are believed to go on, as the world model says; for worlds made with things=seen."""
    attend: int = 4
    """Things attended at once: the others are taken to stay where they are. Where a room has fewer than the default,
    all of them."""
    configurator: str = "near"
    """How attention is chosen: near (what is near or moves), fixed (near or not known yet), learned (what plans differ
    by), or random, as a control."""
    urgent: bool = False
    """Whether hunger weighs more the less energy there is, and pain more the more it is hurt."""
    lookahead: bool = False
    """Whether it looks less far ahead in the midst of things."""
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
    """Step size of Adam for world model and objectives; the critic goes three times as fast."""
    regularizer: str = "vicreg"
    """What keeps learned latents from collapsing: vicreg, barlow, sigreg, infonce, or none, as a control."""
    regularization: float = 0.05
    """Weight of the regulariser."""
    inverse: float = 0.05
    """Weight of reading the action back from two successive latents (inverse dynamics)."""
    pose: float = 1.0
    """Weight of telling from a picture where the body is and where it heads, of a mind that sees."""
    past: float = 0.0
    """Weight of predicting learned latents backwards, from the ones after them and the action."""
    masked: float = 0.0
    """Weight of predicting the learned latents of a masked sense from the others."""
    mirror: bool = False
    """Whether half of what is learnt from is seen in a mirror: a room and its mirror image are equally likely.
    What a reflex is compiled from is in any case, where the body is alike on both sides."""
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
    reflex: str = "off"
    """The reactive actor: off; seed (learns from planning, and suggests plans to it); trust (acts, too, where it is
    trusted); act (always acts, once it is no newborn)."""
    reflex_seeds: int = 4
    """Plans of the reflex's own, imagined, among those that planning begins with."""
    reflex_slope: float = 0.05
    """How much the reflex also follows the slope of the next step's cost and the critic, beside planning's choices."""
    reflex_tolerance: float = 0.5
    """How much dearer than planning the reflex may be expected to be and still act, in spreads of plans' costs."""
    reflex_check: int = 8
    """Steps by reflex in a row, before planning checks it."""
    reflex_tries: float = 0.0
    """Share of the time, where it is not trusted, that the reflex acts all the same while planning looks on: it learns
    most from what planning makes of its mistakes. For practice, with reflex=trust."""
    critic: bool = True
    """Whether plans end in what the critic anticipates; False is for ablations."""
    clocks: int = 1
    """Levels of planning: with 2, a second one plans macro-actions for goals beyond the horizon and gives the first its
    goals."""
    macro: int = 8
    """Control steps per macro-action."""
    far: int = 3
    """Macro-actions that the second level looks ahead; 3 of 8 steps are 4.8 s, and its critic looks farther."""
    far_samples: int = 128
    """Plans that the second level imagines per iteration."""
    dreams: bool = True
    """Whether the critic also learns from remembered moments that are imagined somewhere else."""
    rollout_steps: int = 1
    """Steps that the predictor is also trained to imagine on end, in one update of each control step; 1 trains single
    steps alone."""
    futures: int = 0
    """Futures imagined of each plan, by what the model has learnt to leave to chance; planning takes as many times as
    long. 0 is a model that leaves nothing to chance."""
    risk: float = 0.0
    """How plans are judged by their futures: 0 by the mean, above 0 averse to dear ones, below 0 seeking cheap ones."""
    threads: int = 1
    """Torch threads; small nets are fastest on one, and more than the free cores is a cliff."""
    pipeline: str = "off"
    """Whether it plans its next step while the body takes this one: off, on (in a thread of its own: give it a core),
    or inline (the same life on one core, as a check)."""
    objectives: dict[str, float] = field(
        default_factory=lambda: {"disagreement": 1.0, "pain": 6.0, "hunger": 1.0, "effort": 0.05}
    )
    """Objectives and their weights."""

    def __post_init__(self) -> None:
        check(self)

    def fits(self, things: Sequence[str]) -> None:
        """Makes sure that a newborn with these settings fits a world with some things.

        The default of `attend` stands for as many as there are, up to it; a number that somebody has set is meant. A
        mind that has lived may move to a world with fewer things: there it attends to all of them.

        Raises:
            UserError: If it is to attend to more things than there are.
        """
        if self.attend > len(things) and self.attend != MindConfig.attend:
            raise UserError(
                f"attend={self.attend}, and this world has {len(things)} things: {', '.join(things) or 'none'}. Set at "
                f"most attend={max(1, len(things))}, or leave it out"
            )

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
                raise unknown_name("setting of a mind", name, kinds)
            if name == "objectives" and not isinstance(value, dict):
                raise UserError(f"objectives={value!r} must be weights by name")
            kind = type(value).__name__
            if kinds[name] in WORDS and kind != kinds[name] and (kind, kinds[name]) != ("int", "float"):
                raise UserError(f"{name}={value!r} must be {WORDS[kinds[name]]}")
        return cls(**values)
