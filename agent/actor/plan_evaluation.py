"""What a planner made of plans, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent.configurator.configurator import Configuration
from agent.moment import HiddenObject, Mode, Plan, Thought
from agent.world_model.rollout import Rollout
from housecat.core.obs_layout import BODY, THINGS, keep


@dataclass(frozen=True)
class PlanEvaluation:
    """Imagined plans and what they would cost.

    Attributes:
        rollout: What was imagined; of F futures of each plan, F B columns, first all plans in the first future.
        costs: Per objective (T, B), on the common scale, unweighted.
        parts: Weighted sums over the horizon (B,), by objective and by ``critic.<drive>``.
        total: (B,) sum of the parts.
    """

    rollout: Rollout
    costs: dict[str, Tensor]
    parts: dict[str, Tensor]
    total: Tensor

    def detach(self) -> PlanEvaluation:
        """Returns the same without gradients."""
        if not self.total.requires_grad:
            return self
        costs, parts = ({k: v.detach() for k, v in d.items()} for d in (self.costs, self.parts))
        return PlanEvaluation(self.rollout.detach(), costs, parts, self.total.detach())


@dataclass(frozen=True)
class Decision:
    """What the actor decided.

    Attributes:
        action: (A,).
        plans: The chosen plan and its rivals; none without planning.
        promised: Weighted cost that the plan promises for the next step; None where it is not carried out.
        information: Disagreement expected along the plan; None where it is not carried out, or without that objective.
        focus: What the executive had chosen.
        mode: How it was decided.
        leaning: (A,) first action of the plan that the next search begins around, the mean of the best ones: it is
            less a matter of chance than `action`. None without a plan.
        regret: How much dearer the first plan that was suggested is, in spreads of plans' costs; None without one.
    """

    action: Tensor
    plans: tuple[Plan, ...] = ()
    promised: float | None = None
    information: float | None = None
    focus: Configuration | None = None
    mode: Mode = "plan"
    leaning: Tensor | None = None
    regret: float | None = None


@dataclass(frozen=True)
class Pending:
    """What was decided for a step that has not been taken yet.

    Attributes:
        action: (A,), each -1 to 1.
        thought: What went on before it.
        decision: What the actor decided.
    """

    action: npt.NDArray[np.float32]
    thought: Thought
    decision: Decision


# Dataclasses that a pending decision is made of, by name: nothing else is made of what a file says.
PENDING_CLASSES: dict[str, Any] = {
    kind.__name__: kind for kind in (Pending, Decision, Configuration, Plan, Thought, HiddenObject)
}


def pictured(judged: PlanEvaluation, shown: list[int]) -> tuple[Plan, ...]:
    """Returns some of the imagined plans in a form that a person can look at."""
    body, things = (judged.rollout.senses[name][:, shown] for name in ("body", "things"))
    heading = torch.atan2(body[..., keep(BODY.sin_heading)], body[..., keep(BODY.cos_heading)])
    path = torch.cat([body[..., BODY.position], heading], -1).numpy()
    return tuple(
        Plan(
            float(judged.total[plan]),
            {name: float(part[plan]) for name, part in judged.parts.items()},
            path[:, i],
            things[:, i, :, THINGS.position].numpy(),
            judged.rollout.action[:, plan].numpy(),
            *([_futures(judged, plan)] if i == 0 else []),
        )
        for i, plan in enumerate(shown)
    )


def _futures(judged: PlanEvaluation, plan: int) -> npt.NDArray[np.float32]:
    """Returns where things are in each of several futures of a plan (F, T + 1, K, 3); F = 0 when there is one alone."""
    things = judged.rollout.senses["things"][:, plan :: len(judged.total), :, THINGS.position].movedim(1, 0)
    return things.numpy() if len(things) > 1 else things[:0].numpy()
