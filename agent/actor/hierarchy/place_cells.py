"""Place cells: what has been learnt about where one is."""

from __future__ import annotations

import torch
from torch import Tensor, nn

SIDES = (0.3, 1.2)  # metres between the cells of each grid
AROUND = 64  # cells along a side, after which a grid begins anew: 19 m, more than any room
FEATURES = 6  # learnt numbers per cell and grid


class Places(nn.Module):
    """Learnt features of places in a room, from grids of cells: a place is between the four cells around it.

    What cannot be seen from afar, such as a hedge that is only felt, can be learnt of places alone. A net that is told
    coordinates draws such edges slowly and bends all others while it does; a cell learns for itself. A place where one
    never was has no features, as open floor has none to begin with.

    Source: grids of several resolutions with interpolated, learnt features, Mueller et al. 2022 (Instant Neural
    Graphics Primitives, arXiv 2201.05989), without hashing; the name is of the cells found by O'Keefe and Dostrovsky
    1971.
    """

    size = FEATURES * len(SIDES)

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.ParameterList(nn.Parameter(torch.zeros(AROUND * AROUND, FEATURES)) for _ in SIDES)

    def forward(self, position: Tensor) -> Tensor:
        """Returns features (B, size) of positions (B, 2) in m."""
        found = []
        for side, cells in zip(SIDES, self.cells, strict=True):
            at = position.detach() / side
            low = at.floor()
            part = at - low
            low = low.long()
            mixed = position.new_zeros(len(position), FEATURES)
            for dx in (0, 1):
                for dy in (0, 1):
                    share = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
                    index = (low[:, 0] + dx) % AROUND * AROUND + (low[:, 1] + dy) % AROUND
                    mixed = mixed + share.unsqueeze(1) * cells[index]
            found.append(mixed)
        return torch.cat(found, -1)
