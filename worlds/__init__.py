"""Bodies, things and rooms, simulated by PyBullet, as Gymnasium environments."""

from worlds.env import World
from worlds.events import Event, Meal, Place, Poke, Switch
from worlds.registry import Description, class_of, describe, make, names, register
from worlds.rendering.scene import Scene, Shape
from worlds.rooms import Room
from worlds.wrappers import PermutePixels

__all__ = [
    "Description",
    "Event",
    "Meal",
    "PermutePixels",
    "Place",
    "Poke",
    "Room",
    "Scene",
    "Shape",
    "Switch",
    "World",
    "class_of",
    "describe",
    "make",
    "names",
    "register",
]

register()
