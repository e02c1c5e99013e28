"""Place cells: learned features of positions in a room."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CELL_SIZES = (0.3, 1.2)  # m between the cells of each grid
GRID_SIDE = 64  # cells along a side, after which a grid repeats: 19 m, more than any room
FEATURES_PER_CELL = 6  # learned numbers of each cell


class PlaceCells(nn.Module):
    """Learned features of positions in a room, interpolated between the four nearest cells of each grid.

    What cannot be seen from afar, such as a hedge that is only felt, can be learned by position alone. A net with
    coordinates as inputs learns such edges slowly and disturbs all others meanwhile; a cell is learned independently.
    Features are zero at first, and stay zero where the body has never been.

    Source: grids of several resolutions with interpolated, learnt features, Mueller et al. 2022 (Instant Neural
    Graphics Primitives, arXiv 2201.05989), without hashing; the name is of the cells found by O'Keefe and Dostrovsky
    1971.
    """

    size = FEATURES_PER_CELL * len(CELL_SIZES)

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.ParameterList(
            nn.Parameter(torch.zeros(GRID_SIDE * GRID_SIDE, FEATURES_PER_CELL)) for _ in CELL_SIZES
        )

    def forward(self, position: Tensor) -> Tensor:
        """Returns features (B, size) of positions (B, 2) in m."""
        found = []
        for side, cells in zip(CELL_SIZES, self.cells, strict=True):
            at = position.detach() / side
            low = at.floor()
            part = at - low
            low = low.long()
            mixed = position.new_zeros(len(position), FEATURES_PER_CELL)
            for dx in (0, 1):
                for dy in (0, 1):
                    share = (part[:, 0] if dx else 1 - part[:, 0]) * (part[:, 1] if dy else 1 - part[:, 1])
                    index = (low[:, 0] + dx) % GRID_SIDE * GRID_SIDE + (low[:, 1] + dy) % GRID_SIDE
                    mixed = mixed + share.unsqueeze(1) * cells[index]
            found.append(mixed)
        return torch.cat(found, -1)
