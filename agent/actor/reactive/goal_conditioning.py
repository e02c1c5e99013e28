"""Goal conditioning: the positional goals among a mind's objectives, as inputs of the policy."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures, from_complex, to_complex
from intrinsic import Mixture
from intrinsic.goals.goal import Goal
from intrinsic.goals.reach import FIELDS, Reach

GOAL_SIZE = (
    3  # numbers of a goal token: whether there is a goal (0 or 1), and its position (x, y in m, in the room's frame)
)
CLOSE_DISTANCE = 0.5  # m: the feature for a goal that is nearly reached falls by e over it
GOAL_FEATURES = 8  # features of a goal token, in the body's frame


def goal_tokens(mixture: Mixture, things: int) -> Tensor:
    """Returns the goal tokens of the body and of each thing, (1 + things, GOAL_SIZE).

    Only objectives of a position with a positive weight are among them. Other goals, of vitals or of velocities, are
    known to the planner alone.
    """
    goals = torch.zeros(1 + things, GOAL_SIZE)
    wanted = position_goals(mixture)
    if not wanted:
        return goals
    weights, muted = mixture.weights, mixture.muted
    for name, (row, objective) in wanted.items():
        if weights[name] > 0.0 and name not in muted and row <= things and not goals[row, 0]:
            goals[row, 0], goals[row, 1:] = 1.0, objective.goal[:2]
    return goals


def position_goals(mixture: Mixture) -> dict[str, tuple[int, Reach]]:
    """Returns the objectives that name a position, and the index of the token that it is of; 0 is the body."""
    found = {}
    for name in mixture.names:
        goal = mixture[name]
        if (
            isinstance(goal, Reach)
            and len(goal.goal) >= 2
            and goal.columns == FIELDS.get(goal.sense, {}).get("position")
        ):
            row = goal.row if isinstance(goal, Goal) else -1
            if row is not None:
                found[name] = (1 + row, goal)
    return found


def goal_cost(position: Tensor, goals: Tensor) -> Tensor:
    """Returns the costs (B,) of goal tokens, as `Reach` and `Goal` have them, in m.

    Args:
        position: (B, 1 + k, 2) positions of tokens (m).
        goals: (B, 1 + k, GOAL_SIZE) their goal tokens.
    """
    wanted = goals[..., 0]
    distance = _length(goals[..., 1:] - position)
    cost = (wanted * distance).sum(-1)
    away = _length(position[..., 1:, :] - position[..., :1, :])
    return cost + Goal.pull * (wanted[..., 1:] * away).sum(-1)


def _length(way: Tensor) -> Tensor:
    return (way.square().sum(-1) + 1e-12).sqrt()


def attend_to_goals(attended: Tensor, goals: Tensor) -> Tensor:
    """Makes sure that the thing with a goal is attended to: it replaces the last one if it is not.

    Args:
        attended: (*lead, k) indices of things.
        goals: (*lead, 1 + K, GOAL_SIZE) goal tokens; of several things with a goal, the first counts.

    Returns:
        Indices (*lead, k).
    """
    has_goal = goals[..., 1:, 0]
    first = has_goal.argmax(-1, keepdim=True)
    there = (attended == first).any(-1, keepdim=True) | (has_goal.amax(-1, keepdim=True) == 0.0)
    last = torch.where(there, attended[..., -1:], first)
    return torch.cat([attended[..., :-1], last], -1)


def goal_features(position: Tensor, ego: EgoFeatures, goals: Tensor) -> Tensor:
    """Returns goal tokens in the body's frame.

    Args:
        position: (B, 1 + k, 2) positions of tokens (m).
        ego: Egocentric features of these tokens.
        goals: (B, 1 + k, GOAL_SIZE) their goal tokens.

    Returns:
        Features (B, 1 + k, GOAL_FEATURES), 0 without a goal: whether there is a goal; the vector from the token to it
        (m) and its direction; how close it is; and the thing's position relative to the body along and across that
        direction, which tells whether the body can push it there.
    """
    wanted, place = goals[..., :1], goals[..., 1:]
    way = from_complex(to_complex((place - position) * wanted) * ego.facing.conj().unsqueeze(1))
    distance = torch.linalg.vector_norm(way, dim=-1, keepdim=True)
    course = way / distance.clamp_min(1e-3)
    lies = from_complex(to_complex(ego.pair[..., :2]) * to_complex(course[:, 1:]).conj())
    lies = nn.functional.pad(lies, (0, 0, 1, 0))  # the body has no position relative to itself
    return torch.cat([wanted, way, course, wanted * torch.exp(distance / -CLOSE_DISTANCE), lies], -1)
