"""Records of one control step: read by the window, the recorder, the metrics and the studies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from intrinsic import shares

Mode = Literal["warmup", "plan", "react", "dagger"]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Plan:
    """One imagined plan, as senses in physical units.

    Attributes:
        cost: Weighted cost of the whole plan, critic included; lower is better.
        costs: The same cost by part: one entry per objective (weighted, summed over the horizon) and,
            under ``"critic.<drive>"``, what the critic expects beyond the horizon.
        body: (H + 1, 3) imagined x, y (m) and heading (rad) of the body, from now on.
        things: (H + 1, K, 3) imagined positions of the things (m), in the order of `Moment.things`.
        action: (H, A) the actions of the plan.
        futures: (F, H + 1, K, 3) the same as `things` in each of F imagined futures of the chosen plan; F = 0 for other
            plans, and in a mind that imagines one future only.
    """

    cost: float
    costs: dict[str, float]
    body: FloatArray
    things: FloatArray
    action: FloatArray
    futures: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 0, 3), np.float32))

    def with_first_things(self, count: int) -> Plan:
        """Returns the plan with the first things only, so many of them."""
        return replace(self, things=self.things[:, :count], futures=self.futures[:, :, :count])

    @property
    def spread(self) -> float | None:
        """Largest root-mean-square spread (m) of a thing's last positions over the futures; None without futures."""
        if not self.futures.size:
            return None
        apart = self.futures[:, -1] - self.futures[:, -1].mean(0)
        return float(np.sqrt(np.square(apart).sum(-1).mean(0)).max())


@dataclass(frozen=True)
class HiddenObject:
    """A thing that was seen before and is out of sight now.

    Attributes:
        thing: Index of the thing.
        position: Believed position (x, y, z) in m.
        position_std: Standard deviation of that position (m).
        steps_unseen: Control steps since the thing was last seen.
    """

    thing: int
    position: tuple[float, float, float]
    position_std: float
    steps_unseen: int


@dataclass(frozen=True)
class Thought:
    """What went on in the mind before it acted.

    Attributes:
        mode: ``warmup`` (exploration noise, before there is anything to plan with), ``plan`` (Mode-2), ``react``
            (Mode-1), or ``dagger`` (Mode-1 acts for practice; the plans are what Mode-2 would have done).
        horizon: Steps looked ahead.
        attention: Indices of the things attended, most relevant first.
        weights: Weight of each objective now.
        plans: The chosen plan first, then its rivals; empty in the modes ``warmup`` and ``react``.
        anticipated: Expected discounted future cost of each drive, by the critic (cost units).
        event_probability: How likely each drive strikes within 1, 2, ... control steps, by the critic.
        expected_regret: How much dearer than planning the policy expects its own way to be, in standard deviations of
            plans' costs; None without a policy.
        subgoals: (n, 3) x, y (m) and heading (rad) of the body after each macro-action that the second level plans;
            None without one, or where it has nothing to plan for.
        hidden_objects: Things out of sight and where they are believed to be, in a mind that tracks them.
    """

    mode: Mode
    horizon: int
    attention: tuple[int, ...]
    weights: dict[str, float]
    plans: tuple[Plan, ...]
    anticipated: dict[str, float]
    event_probability: dict[str, FloatArray] = field(default_factory=dict)
    expected_regret: float | None = None
    subgoals: FloatArray | None = None
    hidden_objects: tuple[HiddenObject, ...] = ()

    @property
    def shares(self) -> dict[str, float]:
        """Share of each part of the cost in the choice among these plans, see `intrinsic.shares`."""
        if not self.plans:
            return {}
        parts = {name: torch.tensor([plan.costs[name] for plan in self.plans]) for name in self.plans[0].costs}
        return shares(parts, 0)


@dataclass(frozen=True)
class StepResult:
    """The mind's evaluation of a step: costs, emotions and surprise, as in `Moment`."""

    costs: dict[str, float]
    emotions: dict[str, float]
    surprise: float


@dataclass(frozen=True)
class Moment:
    """One control step of a life, complete.

    Attributes:
        step: Number of the step in the life, from 0.
        time: Seconds lived at the end of the step.
        obs: Senses at the end of the step, by name (see the world's `observation_space`).
        action: (A,) action sent to the body, each -1 to 1.
        costs: Cost of this step per objective, on the mixture's common scale, unweighted; nan when muted.
        emotions: ``fear``, ``elation``, ``surprise``, ``curiosity``, ``boredom``, ``frustration``, each 0 to 1.
        surprise: Energy between the predicted and the actual latent (standardised units).
        thought: What led to the action.
        events: Contacts, pokes, meals, falls, muted plug-ins and other events; each a mapping with ``"event"``.
        losses: Training losses of this step by name; empty when nothing was learnt.
        things: Names of the K things.
        frames: (F, M, 7) poses of the scene's nodes during the step, the last one at its end.
        seconds: Time that this step took (s), by part: ``think``, ``move``, ``learn``. With asynchronous planning, only
            the time that was spent waiting for the planner counts as ``think``.
    """

    step: int
    time: float
    obs: dict[str, npt.NDArray[Any]]
    action: FloatArray
    costs: dict[str, float]
    emotions: dict[str, float]
    surprise: float
    thought: Thought
    events: tuple[dict[str, Any], ...]
    losses: dict[str, float]
    things: tuple[str, ...]
    frames: FloatArray
    seconds: dict[str, float]
