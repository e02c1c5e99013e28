"""Rooms, each in a file of its own."""

from __future__ import annotations

from worlds.rooms.base import Room
from worlds.rooms.fork import Fork
from worlds.rooms.maze import Maze
from worlds.rooms.meadow import Meadow
from worlds.rooms.playroom import Playroom
from worlds.rooms.stove import Stove
from worlds.rooms.tabletop import Tabletop
from worlds.rooms.theatre import Theatre

__all__ = ["ROOMS", "Room"]

ROOMS: dict[str, type[Room]] = {
    "playroom": Playroom,
    "maze": Maze,
    "stove": Stove,
    "theatre": Theatre,
    "fork": Fork,
    "tabletop": Tabletop,
    "meadow": Meadow,
}
