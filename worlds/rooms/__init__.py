"""Rooms: a layout file each."""

from __future__ import annotations

from worlds.rooms.meadow import Meadow
from worlds.rooms.playroom import Playroom
from worlds.rooms.room import Room
from worlds.rooms.tabletop import Tabletop

__all__ = ["ROOMS", "Room"]

ROOMS: dict[str, type[Room]] = {"playroom": Playroom, "tabletop": Tabletop, "meadow": Meadow}
