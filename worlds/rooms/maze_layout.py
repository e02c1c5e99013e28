"""Layouts of mazes: generated at random, or parsed from a drawing."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from housecat.core.errors import UserError

Cell = tuple[int, int]
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass(frozen=True)
class MazeLayout:
    """The layout of a maze: which neighbouring cells are open to each other.

    Attributes:
        columns: Number of cells along x.
        rows: Number of cells along y.
        doors: Pairs of neighbours without a hedge between them, the lesser cell first.
        start: Cell in which the body starts.
        goal: Cell of the goal.
    """

    columns: int
    rows: int
    doors: frozenset[tuple[Cell, Cell]]
    start: Cell
    goal: Cell

    def open_neighbors(self, cell: Cell) -> list[Cell]:
        """Returns the neighbours of a cell without a hedge between."""
        around = [(cell[0] + dx, cell[1] + dy) for dx, dy in STEPS]
        return [other for other in around if (min(cell, other), max(cell, other)) in self.doors]

    def distances(self, origin: Cell) -> dict[Cell, int]:
        """Returns the distance, in cells, of every reachable cell from one cell."""
        neighbors: dict[Cell, list[Cell]] = defaultdict(list)
        for one, other in self.doors:
            neighbors[one].append(other)
            neighbors[other].append(one)
        distance, queue = {origin: 0}, deque([origin])
        while queue:
            cell = queue.popleft()
            for other in neighbors[cell]:
                if other not in distance:
                    distance[other] = distance[cell] + 1
                    queue.append(other)
        return distance

    @cached_property
    def hedges(self) -> tuple[tuple[Cell, Cell], ...]:
        """The pairs of neighbours with a hedge between them."""
        every = [(x, y) for x in range(self.columns) for y in range(self.rows)]
        pairs = [
            (c, n)
            for c in every
            for n in ((c[0] + 1, c[1]), (c[0], c[1] + 1))
            if n[0] < self.columns and n[1] < self.rows
        ]
        return tuple(pair for pair in pairs if pair not in self.doors)

    def dead_ends(self) -> list[Cell]:
        """Returns the cells with one open neighbour."""
        return [(x, y) for x in range(self.columns) for y in range(self.rows) if len(self.open_neighbors((x, y))) == 1]

    def draw(self) -> str:
        """Returns the maze as a drawing that `parse_maze` reads."""
        grid = [["#"] * (2 * self.columns + 1) for _ in range(2 * self.rows + 1)]
        for x in range(self.columns):
            for y in range(self.rows):
                grid[2 * y + 1][2 * x + 1] = {self.start: "S", self.goal: "G"}.get((x, y), " ")
        for (x, y), (a, b) in self.doors:
            grid[y + b + 1][x + a + 1] = " "
        return "\n".join("".join(line) for line in grid[::-1])

    def validate(self) -> MazeLayout:
        """Checks that the goal can be reached, and returns the maze itself.

        Raises:
            UserError: If it cannot.
        """
        if self.goal not in self.distances(self.start):
            raise UserError(
                f"unsolvable maze: the goal in cell {self.goal} cannot be reached from the start in cell {self.start}; "
                "open a hedge between them"
            )
        return self


def generate_maze(columns: int, rows: int, rng: np.random.Generator) -> MazeLayout:
    """Generates a maze with one path between any two cells; start and goal are the dead ends farthest apart.

    Depth-first search with backtracking.

    Args:
        columns: Number of cells along x.
        rows: Number of cells along y.
        rng: Generator of the random numbers.
    """
    cell: Cell = (int(rng.integers(columns)), int(rng.integers(rows)))
    seen, path, doors = {cell}, [cell], set()
    while path:
        cell = path[-1]
        around = [(cell[0] + dx, cell[1] + dy) for dx, dy in STEPS]
        new = [n for n in around if 0 <= n[0] < columns and 0 <= n[1] < rows and n not in seen]
        if not new:
            path.pop()
            continue
        other = new[int(rng.integers(len(new)))]
        doors.add((min(cell, other), max(cell, other)))
        seen.add(other)
        path.append(other)
    maze = MazeLayout(columns, rows, frozenset(doors), cell, cell)
    distance = maze.distances(cell)
    start = max(distance, key=lambda c: (distance[c], c))  # two sweeps find the ends of a tree's longest path
    distance = maze.distances(start)
    goal = max(distance, key=lambda c: (distance[c], c))
    return MazeLayout(columns, rows, frozenset(doors), start, goal).validate()


def parse_maze(drawing: str) -> MazeLayout:
    """Parses a drawing of a maze with hedges (#), open ways (spaces), start (S) and goal (G).

    Cells are every second character of every second line; between two cells there is a hedge or an open way::

        #######
        #S  # #
        ### # #
        #    G#
        #######

    Raises:
        UserError: If the drawing has another form, or the goal cannot be reached.
    """
    lines = [line.rstrip() for line in drawing.strip("\n").splitlines()]
    lines = [line for line in lines if line]
    width = max(map(len, lines), default=0)
    if len(lines) < 5 or width < 5 or not len(lines) % 2 or not width % 2:
        raise UserError(
            f"the maze's plan has {len(lines)} lines of {width} characters; both are odd numbers from 5 up: "
            "hedge, cell, hedge, ..., cell, hedge"
        )
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            if sign not in "# SG":
                raise UserError(
                    f"the maze's plan has {sign!r} in line {row + 1}, column {column + 1}; allowed: '#', ' ', 'S', 'G'"
                )
    columns, rows = width // 2, len(lines) // 2
    grid = [line.ljust(width) for line in lines[::-1]]  # the first line is the farthest
    at: dict[str, list[Cell]] = {sign: [] for sign in "SG"}
    doors = set()
    for x in range(columns):
        for y in range(rows):
            sign = grid[2 * y + 1][2 * x + 1]
            if sign == "#":
                raise UserError(f"the maze's plan has a hedge where cell ({x}, {y}) is; cells are ' ', 'S' or 'G'")
            if sign in at:
                at[sign].append((x, y))
            if x + 1 < columns and grid[2 * y + 1][2 * x + 2] != "#":
                doors.add(((x, y), (x + 1, y)))
            if y + 1 < rows and grid[2 * y + 2][2 * x + 1] != "#":
                doors.add(((x, y), (x, y + 1)))
    for sign, name in (("S", "start"), ("G", "goal")):
        if len(at[sign]) != 1:
            raise UserError(f"the maze's plan has {len(at[sign])} times {sign!r}, its {name}; it takes exactly one")
    return MazeLayout(columns, rows, frozenset(doors), at["S"][0], at["G"][0]).validate()
