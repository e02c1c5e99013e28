"""The maze: hedges, dead ends and a goal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from housecat.core.errors import UserError
from worlds.bodies import yaw
from worlds.rendering.scene import Shape
from worlds.rooms.base import WALL, Room
from worlds.rooms.maze_layout import Cell, MazeLayout, generate_maze, parse_maze
from worlds.rooms.placement import distance_to_box

CELL = 1.2  # side of a cell (m)
HEDGE = 0.05  # half thickness (m)
MIN_CELLS, MAX_CELLS = 2, 12  # along a side
GREEN = (0.30, 0.50, 0.28)
GOAL = Shape("goal", "cylinder", (0.28, 0.28, 0.004), (0.98, 0.80, 0.20), 0, glow=0.7, solid=False)


class Maze(Room):
    """A maze of square cells of 1.2 m, new with every reset; on the goal, a shining disc, the body is fed.

    There is one way between any two cells, and start and goal are the two that lie farthest apart.

    Observation: see `Room`; the one thing is the goal (K = 1): hedges are felt, and seen by the eye. An episode has
    no end of its own; ``truth()["at_goal"]`` tells when it is solved.

    Args:
        cells: Number of cells along x and along y, each 2 to 12.
        plan: A drawing of the maze, see `maze_layout.parse_maze`, which is then the same at every reset; a new maze at
            every reset when not given.
        **options: Options of every room, see `Room`.

    Attributes:
        layout: The current maze.
    """

    bodies = ("kitten", "crawler", "octopus")

    def __init__(self, *, cells: Sequence[int] = (8, 8), plan: str | None = None, **options: Any) -> None:
        if len(cells) != 2 or not all(isinstance(n, int) and MIN_CELLS <= n <= MAX_CELLS for n in cells):
            raise UserError(f"cells={cells!r}; it takes two whole numbers from {MIN_CELLS} to {MAX_CELLS}")
        self.fixed_layout = None if plan is None else parse_maze(plan)
        columns, rows = (
            tuple(cells) if self.fixed_layout is None else (self.fixed_layout.columns, self.fixed_layout.rows)
        )
        if max(columns, rows) > MAX_CELLS:
            raise UserError(
                f"the maze's plan has {columns} x {rows} cells; at most {MAX_CELLS} x {MAX_CELLS} are allowed"
            )
        self.cells = (columns, rows)
        self.size = (columns * CELL, rows * CELL)
        super().__init__(**options)

    def build(self) -> None:
        """Adds floor, walls, the goal, and as many hedges as every maze of this size has."""
        self.add_floor()
        self.add_walls()
        columns, rows = self.cells
        if self.fixed_layout is None:
            count = (columns - 1) * rows + columns * (rows - 1) - (columns * rows - 1)
        else:
            count = len(self.fixed_layout.hedges)
        shape = Shape("hedge", "box", (HEDGE, CELL / 2 + HEDGE, WALL / 2), GREEN, 0)
        self.hedges = [self.add_kinematic(shape, friction=0.3) for _ in range(count)]
        self.disc = self.add_thing(GOAL, visual_only=True)

    def initialize_episode(self) -> None:
        """Generates a new maze, unless the layout is fixed, and places hedges and goal."""
        self.layout = self.fixed_layout or generate_maze(*self.cells, self.np_random)
        quarter = (0.0, 0.0, math.sin(math.pi / 4), math.cos(math.pi / 4))
        for hedge, (one, other) in zip(self.hedges, self.layout.hedges, strict=True):
            (x, y), (a, b) = self.cell_center(one), self.cell_center(other)
            turn = (0.0, 0.0, 0.0, 1.0) if one[1] == other[1] else quarter
            hedge.place((x + a) / 2, (y + b) / 2, WALL / 2, turn)
        self.disc.place(*self.cell_center(self.layout.goal), 0.002)

    def place_body(self) -> None:
        """Places the body at the start, facing an open neighbour."""
        self.body.place(*self.cell_center(self.layout.start), self._open_heading(self.layout.start))

    def cell_center(self, cell: Cell) -> tuple[float, float]:
        """Returns the centre (m) of a cell."""
        return (cell[0] + 0.5) * CELL - self.size[0] / 2, (cell[1] + 0.5) * CELL - self.size[1] / 2

    def cell_at(self, x: float, y: float) -> Cell:
        """Returns the cell that holds a position (m), or the nearest one."""
        column, row = (int((v + side / 2) // CELL) for v, side in zip((x, y), self.size, strict=True))
        return min(max(column, 0), self.cells[0] - 1), min(max(row, 0), self.cells[1] - 1)

    def _open_heading(self, cell: Cell) -> float:
        (x, y), (a, b) = cell, self.layout.open_neighbors(cell)[0]
        return math.atan2(b - y, a - x)

    def place_body_near(self, x: float, y: float) -> None:
        """Places the body at the centre of the cell, where there is room whichever way it faces."""
        cell = self.cell_at(x, y)
        heading = yaw(self.physics.pose(self.body.id)[1])
        clear = self.body.clearance < CELL / 2 - HEDGE
        self.body.place(*self.cell_center(cell), heading if clear else self._open_heading(cell))

    def _check_layout(self, layout: Mapping[str, Sequence[float]], retries: int) -> bool:
        if not super()._check_layout(layout, retries):
            return False
        if self.body.name in layout:
            x, y = layout[self.body.name][:2]
            for one, other in self.layout.hedges:
                (a, b), (c, d) = self.cell_center(one), self.cell_center(other)
                half = (HEDGE, CELL / 2) if one[1] == other[1] else (CELL / 2, HEDGE)
                at = ((a + c) / 2, (b + d) / 2)
                away = distance_to_box((x, y), at, half)
                if away < self.body.radius:
                    if retries and self.fixed_layout is None:
                        return False
                    raise UserError(
                        f"layout[{self.body.name!r}]={tuple(layout[self.body.name])} overlaps the hedge at "
                        f"({at[0]:.2f}, {at[1]:.2f}): {away:.2f} m away, where it takes {self.body.radius:.2f} m"
                    )
        return True

    def is_fed(self) -> bool:
        """Returns whether the body is on the goal."""
        return self._at_goal()

    def _at_goal(self) -> bool:
        x, y, _ = self.body.pose()[0]
        gx, gy, _ = self.disc.position
        return math.hypot(x - gx, y - gy) < GOAL.size[0]

    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, with the body's cell, the goal's, and how many cells lie between them."""
        x, y, _ = self.body.pose()[0]
        here = self.cell_at(x, y)
        return {
            **super().truth(),
            "maze.cell": here,
            "maze.goal": self.layout.goal,
            "maze.distance": self.layout.distances(self.layout.goal)[here],
            "at_goal": self._at_goal(),
        }

    def _state(self) -> dict[str, Any]:
        plan = {"start": self.layout.start, "goal": self.layout.goal, "doors": sorted(self.layout.doors)}
        return {**super()._state(), "plan": plan}

    def _set_state(self, state: dict[str, Any]) -> None:
        super()._set_state(state)
        plan = state["plan"]
        doors = frozenset(((a, b), (c, d)) for (a, b), (c, d) in plan["doors"])
        (a, b), (c, d) = plan["start"], plan["goal"]
        self.layout = MazeLayout(*self.cells, doors, (a, b), (c, d))
