"""Where one can go: what one has been over."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

GRAIN = 0.05  # metres: what is nearer to where one was counts as lived
BETWEEN = 4  # points of each lived step, which is up to 0.2 m long
DOUBT = 0.03  # metres of ground where one never was that make a way e times less likely


class Ground:
    """The ground that was lived on, from which ways are believed in or not.

    A model that predicts where one gets to has seen no way through a hedge and has nothing to say about it; a planner
    that looks for cheap plans finds just there the ways that lead through. So an imagined way is believed in as far
    as it keeps to where one has been.

    Source: planning within what was lived, as with the support constraints of offline learning (Levine et al. 2020,
    arXiv 2005.01643, section 4); here the body's place alone is looked at, and what counts as lived is whatever lies
    within a grain of it. A net that learnt to tell lived ways from made-up ones was tried in its place: after 2,000
    updates it still believed in one of ten ways through hedges, and planners find those.

    Args:
        start: (n, 2) where the body was (m).
        end: (n, 2) and where a control step later.
    """

    def __init__(self, start: Tensor, end: Tensor) -> None:
        share = torch.arange(1, BETWEEN + 1).view(-1, 1, 1) / BETWEEN
        position = (start + share * (end - start)).flatten(0, 1)
        spot = (position / GRAIN).floor().long()
        self.low = spot.amin(0) - 2
        known = torch.zeros((spot.amax(0) + 3 - self.low).tolist())
        known[tuple((spot - self.low).T)] = 1.0
        self.known = torch.nn.functional.max_pool2d(known[None], 3, 1, 1)[0]

    def state_dict(self) -> dict[str, Tensor]:
        """Returns its grid of cells, and where that begins."""
        return {"known": self.known, "low": self.low}

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> Ground:
        """Makes the ground whose `state_dict` was returned."""
        ground = cls.__new__(cls)
        ground.known, ground.low = state["known"], state["low"]
        return ground

    def holds(self, position: Tensor) -> Tensor:
        """Returns 1 where places (*lead, 2) in m were lived on, else 0 (*lead,)."""
        last = torch.tensor(self.known.shape) - 1
        spot = (position / GRAIN).floor().long() - self.low
        spot = torch.minimum(spot.clamp_min(0), last)  # the rim is unknown
        return self.known[spot[..., 0], spot[..., 1]]

    def chance(self, start: Tensor, end: Tensor) -> Tensor:
        """Returns how far ways (m) from `start` to `end`, both (*lead, 2), are believed in, 0 to 1 (*lead,)."""
        way = end - start
        long = way.norm(dim=-1)
        points = max(2, int(float(long.max()) / GRAIN) + 2) if long.numel() else 2
        at = start.unsqueeze(-2) + torch.linspace(0.0, 1.0, points).unsqueeze(1) * way.unsqueeze(-2)
        new = 1.0 - self.holds(at).mean(-1)
        return torch.exp(-long * new / DOUBT)
