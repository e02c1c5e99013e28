"""The costs of imagined plans, and what the actor decided."""

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
    """Imagined plans and their costs.

    Attributes:
        rollout: The imagined rollout of B plans; with F futures of each plan it has F B columns, first all plans in
            the first future.
        costs: Cost (T, B) of each objective, on the common scale, unweighted.
        parts: Weighted sums over the horizon (B,), by objective and by ``critic.<drive>``.
        total: (B,) sum of the parts.
    """

    rollout: Rollout
    costs: dict[str, Tensor]
    parts: dict[str, Tensor]
    total: Tensor

    def detach(self) -> PlanEvaluation:
        """Returns a copy without gradients."""
        if not self.total.requires_grad:
            return self
        costs, parts = ({k: v.detach() for k, v in d.items()} for d in (self.costs, self.parts))
        return PlanEvaluation(self.rollout.detach(), costs, parts, self.total.detach())


@dataclass(frozen=True)
class Decision:
    """What the actor decided.

    Attributes:
        action: (A,) the action, each number between -1 and 1.
        plans: The chosen plan, then alternatives; empty without planning.
        predicted_cost: Weighted cost that the plan predicts for the next step; None where no plan is carried out.
        information: Ensemble disagreement summed along the plan; None where no plan is carried out, or where the
            mind has no objective `disagreement`.
        configuration: The configuration that the decision was made under.
        mode: How the decision was made, see `agent.moment.Thought`.
        mean_action: (A,) first action of the planner's mean plan, which is less random than `action`; None without
            planning.
        regret: How much more the first proposed plan costs than the chosen one, in standard deviations of the plans'
            costs; None without proposals.
    """

    action: Tensor
    plans: tuple[Plan, ...] = ()
    predicted_cost: float | None = None
    information: float | None = None
    configuration: Configuration | None = None
    mode: Mode = "plan"
    mean_action: Tensor | None = None
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


def to_plans(evaluation: PlanEvaluation, shown: list[int]) -> tuple[Plan, ...]:
    """Returns the evaluated plans with the indices `shown`, as positions, headings and costs."""
    body, things = (evaluation.rollout.senses[name][:, shown] for name in ("body", "things"))
    heading = torch.atan2(body[..., keep(BODY.sin_heading)], body[..., keep(BODY.cos_heading)])
    path = torch.cat([body[..., BODY.position], heading], -1).numpy()
    return tuple(
        Plan(
            float(evaluation.total[plan]),
            {name: float(part[plan]) for name, part in evaluation.parts.items()},
            path[:, i],
            things[:, i, :, THINGS.position].numpy(),
            evaluation.rollout.action[:, plan].numpy(),
            *([_futures(evaluation, plan)] if i == 0 else []),
        )
        for i, plan in enumerate(shown)
    )


def _futures(evaluation: PlanEvaluation, plan: int) -> npt.NDArray[np.float32]:
    """Returns the positions of things in each future of a plan, (F, T + 1, K, 3); F = 0 if only one was imagined."""
    things = evaluation.rollout.senses["things"][:, plan :: len(evaluation.total), :, THINGS.position].movedim(1, 0)
    return things.numpy() if len(things) > 1 else things[:0].numpy()
