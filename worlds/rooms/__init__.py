"""Rooms: a layout file each."""

from __future__ import annotations

from worlds.rooms.playroom import Playroom
from worlds.rooms.room import Room

__all__ = ["ROOMS", "Room"]

ROOMS: dict[str, type[Room]] = {"playroom": Playroom}
