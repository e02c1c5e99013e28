"""All settings of a mind, in groups; the text below a field is its help on the command line and in the reference."""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Mapping, Sequence
from dataclasses import asdict, field, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from housecat.core.errors import UserError, unknown_name

MOST = 10_000_000  # of anything that is counted: more is a slip of the finger
Count = Annotated[int, Field(ge=1, le=MOST)]
CountOrNone = Annotated[int, Field(ge=0, le=MOST)]
Plural = Annotated[int, Field(ge=2, le=MOST)]
Weight = Annotated[float, Field(ge=0.0)]
Fraction = Annotated[float, Field(ge=0.0, le=1.0)]

PlannerKind = Literal["icem", "mppi", "gradient", "icem+gradient"]
AsyncPlanning = Literal["off", "on", "inline"]
PolicyMode = Literal["off", "seed", "gated", "always"]
Regularizer = Literal["vicreg", "barlow", "sigreg", "infonce", "none"]
Priority = Literal["error", "curious"]
AttentionRule = Literal["near", "uncertain", "learned", "random"]

STRICT = ConfigDict(strict=True, allow_inf_nan=False, use_attribute_docstrings=True)


@dataclass(frozen=True, config=STRICT)
class ModelConfig:
    """The world model: what is encoded, and by what it is predicted."""

    ensemble_size: Plural = 5
    """Members of the ensemble: their disagreement is what the mind knows that it does not know."""
    hidden_size: Count = 64
    """Width of the two hidden layers of each member."""
    latent_size: CountOrNone = 8
    """Learned latent dimensions per token, beside its sensed position and velocity; 0 leaves the latents out."""
    neighbor_features: bool = False
    """Whether a token also tells what lies beside its thing, which may be in the thing's way."""
    eye: bool = False
    """Whether to see by the eye beside things; where a world tells of no things, a mind sees by it in any case."""
    image_tokens: Count = 4
    """Tokens that a picture becomes."""
    belief: bool = False
    """Whether things out of sight are tracked by the world model's predictions; for worlds made with things=seen."""
    num_futures: CountOrNone = 0
    """Futures imagined of each plan, by sampling a stochastic latent; planning takes as many times as long. 0 is a
    deterministic model."""


@dataclass(frozen=True, config=STRICT)
class PlannerConfig:
    """Mode-2: model-predictive control in imagination."""

    kind: PlannerKind = "icem"
    """The planner: icem, mppi, gradient (as many plans as elites, improved by gradient descent on their cost), or
    icem+gradient (the elites of icem, refined by gradient descent)."""
    horizon: Count = 14
    """Control steps looked ahead; 14 are 2.8 s."""
    samples: Count = 48
    """Plans imagined per iteration."""
    iterations: Count = 2
    """Iterations per control step."""
    elites: Plural = 8
    """Best plans that shape the next iteration."""
    gradient_steps: Count = 3
    """Steps of gradient descent, of the planners that use it."""
    noise_beta: Weight = 2.5
    """Colour of the sampling noise: 0 white, 2 brown; higher is smoother in time."""
    use_critic: bool = True
    """Whether plans end in the critic's estimate of the cost to come; false is for ablations."""
    lambda_: Fraction = 0.9
    """Lambda of the lambda-return over imagined costs and the critic: 0 asks the critic at once, 1 at the horizon."""
    risk: float = 0.0
    """How the futures of a plan are weighed: 0 by their mean, above 0 averse to dear ones, below 0 seeking cheap
    ones."""
    async_planning: AsyncPlanning = "off"
    """Whether the next step is planned while the body takes this one: off, on (in a thread of its own, which wants a
    core), or inline (the same life on one core, as a check)."""


@dataclass(frozen=True, config=STRICT)
class PolicyConfig:
    """Mode-1: a reactive policy that is distilled from the planner's choices."""

    mode: PolicyMode = "off"
    """The reactive actor: off; seed (learns from the planner, and proposes plans to it); gated (also acts, where its
    expected regret is small); always (always acts, once the warm-up is over)."""
    proposals: CountOrNone = 4
    """Plans of the policy's own, imagined, among those that the planner begins with."""
    value_gradient_weight: Weight = 0.05
    """Weight of the gradient of the next step's cost and the critic, beside imitating the planner."""
    regret_tolerance: Weight = 0.5
    """Expected regret up to which a gated policy acts, in standard deviations of plans' costs."""
    check_interval: CountOrNone = 8
    """Steps in a row by the policy, before the planner checks it."""
    dagger_fraction: Fraction = 0.0
    """Fraction of the time at which the policy acts where it would not, while the planner labels what it meets (as in
    DAgger). For practice, with policy.mode=gated."""


@dataclass(frozen=True, config=STRICT)
class TrainingConfig:
    """What is learnt from the replay buffer, how often, and how fast."""

    warmup_steps: CountOrNone = 150
    """First steps of a life, taken by smooth noise while there is nothing to plan with."""
    batch_size: Count = 64
    """Transitions per update."""
    updates_per_step: CountOrNone = 4
    """Updates of the dynamics per control step."""
    learning_rate: float = 1e-3
    """Step size of Adam for world model and objectives; the critic's is three times as large."""
    discount: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.95
    """Discount of the critic per control step: 0.95 looks about 4 s ahead."""
    capacity: Count = 100_000
    """Transitions kept in the replay buffer."""
    image_capacity: Count = 20_000
    """Transitions kept by a mind that sees: each picture takes 21 kB, memory that is taken as it fills."""
    prioritized_fraction: Fraction = 0.5
    """Fraction of a batch that is drawn by priority; the rest is drawn uniformly."""
    priority: Priority = "error"
    """What is drawn more often: error (badly predicted), or curious (seldom drawn, or badly predicted)."""
    rollout_steps: Count = 1
    """Steps of the multi-step loss that the dynamics are also trained on, once per control step; 1 leaves it out."""
    regularizer: Regularizer = "vicreg"
    """What keeps learned latents from collapsing: vicreg, barlow, sigreg, infonce, or none, as a control."""
    regularizer_weight: Weight = 0.05
    """Weight of the regulariser."""
    inverse_weight: Weight = 0.05
    """Weight of reading the action back from two successive latents (inverse dynamics)."""
    pose_weight: Weight = 1.0
    """Weight of telling from a picture where the body is and where it heads, of a mind that sees."""
    backward_weight: Weight = 0.0
    """Weight of predicting learned latents backwards, from the ones after them and the action."""
    masked_weight: Weight = 0.0
    """Weight of predicting the learned latents of a masked sense from the others."""
    symmetry: bool = False
    """Whether half of each batch is mirrored: a room and its mirror image are equally likely. What the policy is
    distilled from is mirrored in any case, where the body is alike on both sides."""
    obs_noise: Weight = 0.0
    """Noise added to observations that are learnt from, in units of what usually changes in a step."""
    image_shift: CountOrNone = 0
    """Pixels by which pictures that are learnt from are shifted at most."""
    brightness_jitter: Weight = 0.0
    """Fraction by which pictures that are learnt from are made brighter or darker at most."""
    synthetic_critic_data: bool = True
    """Whether the critic also learns from remembered moments that are imagined somewhere else."""


@dataclass(frozen=True, config=STRICT)
class AttentionConfig:
    """The configurator: what is attended to, what counts, and how far is looked ahead."""

    num_attended: Count = 4
    """Things attended at once: the others are taken to stay where they are. Where a room has fewer than the default,
    all of them."""
    rule: AttentionRule = "near"
    """How things are selected: near (what is near or moves), uncertain (near, or badly known), learned (those that
    plans differ by), or random, as a control."""
    need_weighting: bool = False
    """Whether hunger weighs more the less energy there is, and pain more the more damage is being done."""
    adaptive_horizon: bool = False
    """Whether the horizon is shorter in the midst of things."""


@dataclass(frozen=True, config=STRICT)
class HierarchyConfig:
    """A second level of planning, on a slower clock."""

    levels: Annotated[int, Field(ge=1, le=2)] = 1
    """Levels of planning: with 2, a second one plans macro-actions beyond the horizon and sets the first one
    subgoals."""
    macro_steps: Plural = 8
    """Control steps per macro-action."""
    macro_horizon: Count = 3
    """Macro-actions that the second level looks ahead; 3 of 8 steps are 4.8 s, and its landmark graph looks farther."""
    macro_samples: Annotated[int, Field(ge=16, le=MOST)] = 128
    """Plans that the second level imagines per iteration."""


DEFAULT_OBJECTIVES = {"disagreement": 1.0, "pain": 6.0, "hunger": 1.0, "effort": 0.05}

# Planning ahead runs on a double of the mind, which does not hand back what a second level and a policy keep; and
# neither a stochastic latent, nor the multi-step loss, nor a second level leave out what was only believed.
INCOMPATIBLE = (
    ("planner.async_planning", "hierarchy.levels"),
    ("planner.async_planning", "policy.mode"),
    ("model.belief", "model.num_futures"),
    ("model.belief", "training.rollout_steps"),
    ("model.belief", "hierarchy.levels"),
)


@dataclass(frozen=True, config=STRICT)
class MindConfig:
    """How a mind is built, learns and plans.

    A setting is named by its group and its field, such as ``planner.horizon``: on the command line (``--set``), in run
    folders, and in `updated`.
    """

    model: ModelConfig = field(default_factory=ModelConfig)
    planner: PlannerConfig = field(default_factory=PlannerConfig)
    policy: PolicyConfig = field(default_factory=PolicyConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    hierarchy: HierarchyConfig = field(default_factory=HierarchyConfig)
    threads: Count = 1
    """Torch threads of a life; small nets are fastest on one, and more than the free cores is a cliff."""
    objectives: dict[str, float] = field(default_factory=lambda: dict(DEFAULT_OBJECTIVES))
    """Objectives and their weights."""

    def __post_init__(self) -> None:
        self._check_combinations()

    def _check_combinations(self) -> None:
        planner, policy, training = self.planner, self.policy, self.training
        if not training.learning_rate > 0.0:
            raise UserError(f"training.learning_rate={training.learning_rate} must be positive")
        if planner.elites > planner.samples - 2:
            raise UserError(f"planner.elites={planner.elites} cannot exceed planner.samples={planner.samples} less two")
        if policy.mode != "off":
            if planner.elites + policy.proposals > planner.samples - 2:
                raise UserError(
                    f"planner.elites={planner.elites} and policy.proposals={policy.proposals} together cannot exceed "
                    f"planner.samples={planner.samples} less two"
                )
            if planner.kind == "gradient" and policy.proposals >= planner.elites - 1:
                raise UserError(
                    f"planner.kind=gradient begins with planner.elites={planner.elites} plans in all, and "
                    f"policy.proposals={policy.proposals} leave none for itself; at most elites less two"
                )
        if policy.dagger_fraction and policy.mode != "gated":
            raise UserError(
                f"policy.dagger_fraction={policy.dagger_fraction} needs policy.mode=gated; it is {policy.mode}"
            )
        for name in ("capacity", "image_capacity"):
            if getattr(training, name) <= training.batch_size:
                raise UserError(
                    f"training.{name}={getattr(training, name)} must exceed training.batch_size="
                    f"{training.batch_size}, or a mind never learns"
                )
        if training.prioritized_fraction == 1.0 and planner.use_critic:
            raise UserError(
                "training.prioritized_fraction=1 leaves the critic nothing to learn from, which needs what is drawn "
                "uniformly; below 1"
            )
        if planner.risk and self.model.num_futures < 2:
            raise UserError(
                f"planner.risk={planner.risk} needs futures to weigh, at least 2: model.num_futures="
                f"{self.model.num_futures} gives none"
            )
        for name, other in INCOMPATIBLE:
            if all(self[one] != settings()[one].default for one in (name, other)):
                raise UserError(
                    f"{name}={self[name]} and {other}={self[other]} do not go together yet; leave one of them out"
                )

    def __getitem__(self, name: str) -> Any:
        """Returns the value of a setting by its dotted name."""
        value: Any = self
        for part in name.split("."):
            value = getattr(value, part)
        return value

    def check_things(self, things: Sequence[str]) -> None:
        """Makes sure that a newborn with these settings fits a world with some things.

        The default of `attention.num_attended` stands for as many as there are, up to it; a number that somebody has
        set is meant. A mind that has lived may move to a world with fewer things: there it attends to all of them.

        Args:
            things: Names of the things in the world.

        Raises:
            UserError: If it is to attend to more things than there are.
        """
        attended = self.attention.num_attended
        if attended > len(things) and attended != AttentionConfig().num_attended:
            raise UserError(
                f"attention.num_attended={attended}, and this world has {len(things)} things: "
                f"{', '.join(things) or 'none'}. Set at most attention.num_attended={max(1, len(things))}, or leave "
                "it out"
            )

    def updated(self, values: Mapping[str, Any]) -> MindConfig:
        """Returns these settings with some of them changed.

        Args:
            values: New values by dotted name, such as ``{"planner.kind": "mppi", "threads": 2}``.

        Raises:
            UserError: If a setting does not exist, has a value of another type or out of its range, or does not go
                together with another one.
        """
        known = settings()
        changed: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if name not in known:
                raise unknown_name("setting of a mind", name, known)
            group, _, leaf = name.rpartition(".")
            changed.setdefault(group, {})[leaf] = known[name].validated(value)
        whole = changed.pop("", {})
        groups = {group: replace(getattr(self, group), **leaves) for group, leaves in changed.items()}
        return replace(self, **groups, **whole)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> MindConfig:
        """Returns the default settings with some of them changed, see `updated`."""
        return cls().updated(values)

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as plain values, group by group."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> MindConfig:
        """Reads back what `to_json` wrote.

        Raises:
            UserError: As `updated` does.
        """
        flat: dict[str, Any] = {}
        for name, value in values.items():
            if isinstance(value, Mapping) and name != "objectives":
                flat |= {f"{name}.{leaf}": v for leaf, v in value.items()}
            else:
                flat[name] = value
        return cls.of(flat)


@dataclasses.dataclass(frozen=True)
class Setting:
    """One setting of a mind.

    Attributes:
        name: Group and field, such as ``planner.horizon``.
        default: Its value when nothing is said.
        help: What it means.
        annotation: Its type with its bounds.
    """

    name: str
    default: Any
    help: str
    annotation: Any

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may be; none where it is a number, or true or false."""
        return typing.get_args(self.annotation) if typing.get_origin(self.annotation) is Literal else ()

    @property
    def allowed(self) -> str:
        """What it may be, in words: ``"icem, mppi"``, ``"true or false"``, ``"a number from 0 to 1"``."""
        if self.choices:
            return ", ".join(self.choices)
        base, *constraints = (
            typing.get_args(self.annotation) if typing.get_origin(self.annotation) is Annotated else [self.annotation]
        )
        bounds = {key: getattr(c, key) for c in constraints for key in ("ge", "le", "lt") if hasattr(c, key)}
        words = {bool: "true or false", int: "a whole number", float: "a number"}.get(base, "weights by name")
        if "ge" in bounds:
            upper = bounds.get("le", MOST)
            words += f", at least {bounds['ge']:g}" if upper == MOST else f" from {bounds['ge']:g} to {upper:g}"
        return words + (f", below {bounds['lt']:g}" if "lt" in bounds else "")

    def validated(self, value: Any) -> Any:
        """Returns a value as this setting keeps it.

        Raises:
            UserError: If it is of another type or out of range; the message says what is allowed.
        """
        try:
            return TypeAdapter(self.annotation, config=STRICT).validate_python(value)
        except ValidationError as error:
            raise self._in_words(value, error) from None

    def _in_words(self, value: Any, error: ValidationError) -> UserError:
        first = error.errors()[0]
        kind, bounds = first["type"], first.get("ctx", {})
        if kind == "literal_error":
            return unknown_name(self.name, str(value), self.choices)
        requirements = {
            "greater_than_equal": "at least {ge:g}",
            "less_than_equal": "at most {le:g}",
            "less_than": "below {lt:g}",
            "finite_number": "a finite number",
            "int_type": "a whole number",
            "float_type": "a number",
            "bool_type": "true or false",
            "dict_type": "weights by name",
        }
        requirement = requirements.get(kind, first["msg"]).format(**bounds)
        return UserError(f"{self.name}={value!r} must be {requirement}")


@functools.cache
def settings() -> dict[str, Setting]:
    """Returns all settings of a mind by name, group by group."""
    found = {}
    for group, about in _fields(MindConfig).items():
        leaves = _fields(about.annotation) if dataclasses.is_dataclass(about.annotation) else {"": about}
        for leaf, info in leaves.items():
            name = f"{group}.{leaf}" if leaf else group
            text = " ".join((info.description or "").split())
            found[name] = Setting(name, info.get_default(call_default_factory=True), text, info.rebuild_annotation())
    return found


def setting_groups() -> dict[str, str]:
    """Returns what each group of settings is about, by its name; under an empty name those without a group."""
    groups = {
        name: (about.annotation.__doc__ or "").partition("\n")[0]
        for name, about in _fields(MindConfig).items()
        if dataclasses.is_dataclass(about.annotation)
    }
    return {**groups, "": "The mind as a whole."}


def _fields(kind: Any) -> dict[str, FieldInfo]:
    fields: dict[str, FieldInfo] = kind.__pydantic_fields__
    return fields
