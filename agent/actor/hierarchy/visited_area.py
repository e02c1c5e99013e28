"""The visited area: which parts of the floor the body has been on, and whether paths stay on it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

CELL_SIZE = 0.05  # m: side of a cell
POINTS_PER_STEP = 4  # points that are marked along each control step, which is up to 0.2 m long
DECAY_LENGTH = 0.03  # m of unvisited floor over which the passability falls by e


class VisitedArea:
    """A grid of the cells that the body has visited; imagined paths are trusted as far as they stay on it.

    The macro dynamics has never seen a path through a hedge and cannot predict one; a planner that searches for cheap
    plans finds just these errors.

    Source: planning within the support of the data, as in offline reinforcement learning (Levine et al. 2020, arXiv
    2005.01643, section 4); here the support is that of the body's position alone, enlarged by one cell. A net that
    learns to tell visited paths from imagined ones does not suffice: after 2,000 updates it still trusted one of ten
    paths through hedges, and planners find those.

    Args:
        start: (n, 2) positions of the body (m).
        end: (n, 2) its positions one control step later (m).
    """

    def __init__(self, start: Tensor, end: Tensor) -> None:
        share = torch.arange(1, POINTS_PER_STEP + 1).view(-1, 1, 1) / POINTS_PER_STEP
        position = (start + share * (end - start)).flatten(0, 1)
        cell = (position / CELL_SIZE).floor().long()
        self.origin = cell.amin(0) - 2
        cells = torch.zeros((cell.amax(0) + 3 - self.origin).tolist())
        cells[tuple((cell - self.origin).T)] = 1.0
        self.cells = torch.nn.functional.max_pool2d(cells[None], 3, 1, 1)[0]

    def state_dict(self) -> dict[str, Tensor]:
        """Returns the grid of cells, and the indices of its first cell."""
        return {"cells": self.cells, "origin": self.origin}

    @classmethod
    def from_state_dict(cls, state: Mapping[str, Tensor]) -> VisitedArea:
        """Makes the visited area whose `state_dict` was returned."""
        area = cls.__new__(cls)
        area.cells, area.origin = state["cells"], state["origin"]
        return area

    def contains(self, position: Tensor) -> Tensor:
        """Returns 1 for positions (*lead, 2) in m that were visited, else 0, (*lead,)."""
        last = torch.tensor(self.cells.shape) - 1
        cell = (position / CELL_SIZE).floor().long() - self.origin
        cell = torch.minimum(cell.clamp_min(0), last)  # the cells at the edge of the grid are unvisited
        return self.cells[cell[..., 0], cell[..., 1]]

    def passability(self, start: Tensor, end: Tensor) -> Tensor:
        """Returns the probability (*lead,) that the straight path from `start` to `end` (*lead, 2; m) is free."""
        segment = end - start
        length = segment.norm(dim=-1)
        points = max(2, int(float(length.max()) / CELL_SIZE) + 2) if length.numel() else 2
        position = start.unsqueeze(-2) + torch.linspace(0.0, 1.0, points).unsqueeze(1) * segment.unsqueeze(-2)
        unvisited = 1.0 - self.contains(position).mean(-1)
        return torch.exp(-length * unvisited / DECAY_LENGTH)
