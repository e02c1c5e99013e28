"""Wishes: what should be where, read off a mind's goals, as the reactive actor is told of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.egocentric import EgoFeatures, from_complex, to_complex
from intrinsic import Mixture
from intrinsic.goals.goal import Goal
from intrinsic.goals.reach import FIELDS, Reach

WISH = 3  # numbers of a wish: whether there is one (0 or 1), and the place (x, y in m, in the room's frame)
CLOSE = 0.5  # metres within which it is felt that a wish nearly comes true
DESIRE = 8  # features of a wish, as the body sees it


def wishes(mixture: Mixture, things: int) -> Tensor:
    """Returns the wish of the body and of each thing, (1 + things, WISH): goals of a position, with a positive weight.

    Other goals (of vitals, of velocities) are not wishes: planning alone knows of them.
    """
    wish = torch.zeros(1 + things, WISH)
    wanted = positions(mixture)
    if not wanted:
        return wish
    weights, muted = mixture.weights, mixture.muted
    for name, (row, goal) in wanted.items():
        if weights[name] > 0.0 and name not in muted and row <= things and not wish[row, 0]:
            wish[row, 0], wish[row, 1:] = 1.0, goal.goal[:2]
    return wish


def positions(mixture: Mixture) -> dict[str, tuple[int, Reach]]:
    """Returns the goals of a mixture that name a position, and the token whose it is: 0 for the body."""
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


def ungranted(at: Tensor, wish: Tensor) -> Tensor:
    """Returns how far wishes are from coming true, (B,): the costs of `Reach` and `Goal`, in m.

    Args:
        at: (B, 1 + k, 2) places of tokens (m).
        wish: (B, 1 + k, WISH) of these.
    """
    wanted = wish[..., 0]
    far = _length(wish[..., 1:] - at)
    cost = (wanted * far).sum(-1)
    away = _length(at[..., 1:, :] - at[..., :1, :])
    return cost + Goal.pull * (wanted[..., 1:] * away).sum(-1)


def _length(way: Tensor) -> Tensor:
    return (way.square().sum(-1) + 1e-12).sqrt()


def heed(attended: Tensor, wish: Tensor) -> Tensor:
    """Puts the thing that is wished to be somewhere among those attended to (*lead, k), in the place of the last.

    Args:
        attended: (*lead, k) indices of things.
        wish: (*lead, 1 + K, WISH); of several things with a wish, the first counts.
    """
    wished = wish[..., 1:, 0]
    first = wished.argmax(-1, keepdim=True)
    there = (attended == first).any(-1, keepdim=True) | (wished.amax(-1, keepdim=True) == 0.0)
    last = torch.where(there, attended[..., -1:], first)
    return torch.cat([attended[..., :-1], last], -1)


def desires(at: Tensor, sight: EgoFeatures, wish: Tensor) -> Tensor:
    """Sees wishes from the body.

    Args:
        at: (B, 1 + k, 2) places of tokens (m).
        sight: Of these.
        wish: (B, 1 + k, WISH) of these.

    Returns:
        (B, 1 + k, DESIRE) in the body's frame, 0 where nothing is wished: whether there is a wish; the way to its
        place (m) and its direction; how close it is; and where the thing lies from the body, ahead and aside as the
        thing is to go: behind it is where one pushes from.
    """
    wanted, place = wish[..., :1], wish[..., 1:]
    way = from_complex(to_complex((place - at) * wanted) * sight.facing.conj().unsqueeze(1))
    far = torch.linalg.vector_norm(way, dim=-1, keepdim=True)
    course = way / far.clamp_min(1e-3)
    lies = from_complex(to_complex(sight.pair[..., :2]) * to_complex(course[:, 1:]).conj())
    lies = nn.functional.pad(lies, (0, 0, 1, 0))  # the body does not lie anywhere from itself
    return torch.cat([wanted, way, course, wanted * torch.exp(far / -CLOSE), lies], -1)
