"""What somebody outside can do in a room: feed, switch, poke, and put things elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from housecat.core.errors import unknown
from worlds.events import Event, Meal, Place, Poke, Switch

if TYPE_CHECKING:
    from worlds.rooms.base import Room

EDGE = 0.3  # metres from the walls within which nothing is put


def do(room: Room, event: Event) -> None:
    """Lets an event happen.

    Raises:
        UserError: If there is no such target, or nothing of the kind can be set.
    """
    if isinstance(event, Meal):
        room.vitals.gain(event.energy)
        return
    if isinstance(event, Switch):
        room.switch(event.target, event.setting)
        return
    movable = {thing.name: thing for thing in room._things if thing.movable}
    if event.target not in (*movable, room.body.name):
        raise unknown("target", event.target, (*movable, room.body.name))
    thing = movable.get(event.target)
    if isinstance(event, Poke):
        room.physics.push(room.body.id if thing is None else thing.body, event.impulse)
    elif isinstance(event, Place):
        x, y = (
            float(np.clip(v, -side / 2 + EDGE, side / 2 - EDGE))
            for v, side in zip(event.position, room.size, strict=True)
        )
        if thing is None:
            room._land(x, y)
        else:
            thing.place(x, y, room.level(x, y) + thing.shape.size[2])
