"""The keys of the window: one table that dispatch, the help page and the documentation all read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """One thing that a key does.

    Attributes:
        names: Names of the keys in pygame, or the characters that they type.
        label: Label of the keys for people.
        words: What the key does.
        action: Name of the window's method that does it.
    """

    names: tuple[str, ...]
    label: str
    words: str
    action: str


KEYS: tuple[Key, ...] = (
    Key(("space",), "Space", "pause, and go on", "pause"),
    Key((".",), ".", "live a single step", "single"),
    Key(("+", "=", "]", "keypad +"), "+  ]", "twice as fast", "faster"),
    Key(("-", "[", "keypad -"), "-  [", "half as fast", "slower"),
    Key(("m",), "M", "give it a meal", "meal"),
    Key(("f",), "F", "follow it, or let it go", "follow"),
    Key(("c",), "C", "look from where you began", "reset_camera"),
    Key(("p",), "P", "show or hide what it imagines", "imagination"),
    Key(("s",), "S", "save a picture of the window", "screenshot"),
    Key(("r",), "R", "begin this life again", "restart"),
    Key(("h", "f1", "?"), "H", "this page", "help"),
    Key(("q", "escape"), "Esc  Q", "close the window", "quit"),
)

MOUSE: tuple[tuple[str, str], ...] = (
    ("click a toy", "poke it, away from you"),
    ("drag a toy", "push it that way, harder the farther"),
    ("drag the room", "turn around it"),
    ("wheel", "nearer, farther"),
    ("middle drag", "move sideways (or Shift and drag)"),
)


def action_for(name: str, typed: str = "") -> str | None:
    """Returns the action of a key, by its name or by what it types; None when it has none."""
    for key in KEYS:
        if typed in key.names or name in key.names:
            return key.action
    return None
