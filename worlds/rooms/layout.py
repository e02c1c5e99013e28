"""Layouts by name, put and checked, and where in a room a body can land."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from housecat.core.errors import UserError, unknown

if TYPE_CHECKING:
    from worlds.rooms.base import Room


def put(room: Room, name: str, place: Sequence[float]) -> None:
    """Puts a thing, or the body, where a layout says.

    Raises:
        UserError: If there is none of that name, or it is no place.
    """
    known = room._named
    if name != room.body.name and name not in known:
        raise unknown("thing in a layout", name, (*known, room.body.name))
    if len(place) not in (2, 3) or not all(map(math.isfinite, place)):
        raise UserError(f"layout[{name!r}]={place!r}; give x, y (m) and, if you like, a heading (rad)")
    x, y, heading = (*map(float, place), 0.0)[:3]
    if name == room.body.name:
        room.body.place(x, y, heading, room.level(x, y))
    else:
        known[name].place(x, y, room.level(x, y) + known[name].shape.size[2], heading)


def check(room: Room, layout: Mapping[str, Sequence[float]], tries: int) -> bool:
    """Makes sure that what was placed by name lies in the room and touches nothing.

    Args:
        room: Laid out.
        layout: What was placed, and where.
        tries: How often the rest may still be laid out anew.

    Returns:
        Whether it does; False where something lies in the way by chance, and may lie elsewhere another time.

    Raises:
        UserError: If it lies outside, or touches something that does not make way.
    """
    where = {name: (*t.pose()[0][:2], t.radius) for name, t in room._named.items() if not t.ghost}
    where[room.body.name] = (*room.physics.pose(room.body.id)[0][:2], room.body.radius)
    for name in layout:
        if name not in where:
            continue  # what is touched by nothing overlaps nothing
        x, y, r = where[name]
        if abs(x) > room.size[0] / 2 - r or abs(y) > room.size[1] / 2 - r:
            raise UserError(
                f"layout[{name!r}]={tuple(layout[name])} lies outside the room of {room.size[0]} x {room.size[1]} m"
            )
        for other, (a, b, s) in where.items():
            if other != name and math.hypot(x - a, y - b) < r + s:
                if tries and other not in layout:
                    return False
                raise UserError(f"layout[{name!r}]={tuple(layout[name])} overlaps {other} at ({a:.2f}, {b:.2f})")
        for wall in room._barriers:
            if gap((x, y), wall.position, wall.size) < r:
                a, b, _ = wall.position
                raise UserError(f"layout[{name!r}]={tuple(layout[name])} overlaps {wall.name} at ({a:.2f}, {b:.2f})")
    return True


def gap(at: Sequence[float], middle: Sequence[float], half: Sequence[float]) -> float:
    """Returns how far (m) a place is from a box that stands on the floor, 0 inside of it."""
    return math.hypot(*(max(abs(p - q) - h, 0.0) for p, q, h in zip(at, middle[:2], half[:2], strict=True)))


def landing(room: Room, x: float, y: float) -> tuple[float, float]:
    """Finds the nearest place (m) with room for the body.

    Put into a thing it would be pressed into it with thousands of newtons, and never come free.
    """
    reach = room.body.reach
    solid = [t for t in room._things if not t.ghost and t.link < 0]
    # A thing that gives way needs no more room than its own; beside a fixed one there must be space to turn.
    things = [(*t.pose()[0][:2], t.radius * (1.0 if t.movable else 1.5)) for t in solid]
    edge = np.array(room.size) / 2 - reach
    spots = []
    for dx, dy in itertools.product(np.linspace(-1.5, 1.5, 13), repeat=2):
        at = (float(np.clip(x + dx, -edge[0], edge[0])), float(np.clip(y + dy, -edge[1], edge[1])))
        room_left = min((math.hypot(at[0] - a, at[1] - b) - r for a, b, r in things), default=math.inf)
        walled = any(gap(at, wall.position, wall.size) < reach for wall in room._barriers)
        spots.append((walled or room_left < reach, math.hypot(at[0] - x, at[1] - y), at))
    return min(spots)[2]
