"""The acts of the theatre: physically possible scenes, each with a twist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Prop = Literal["ball", "twin", "blue ball", "block", "stage wall", "hand"]


@dataclass(frozen=True)
class Act:
    """A short scene on the stage, and the one event that differs in its twisted version.

    Attributes:
        props: The props on the stage or behind it, besides the two screens.
        at: Position along the ball's way at which the twist happens (m from the middle, along the ball's direction);
            None for the act without a rolling ball.
        hidden: Whether the twist happens behind a screen.
        possible: Whether the twisted version is physically possible.
        untwisted: What happens, in words.
        twisted: What happens in the twisted version, in words.
    """

    props: tuple[Prop, ...]
    at: float | None
    hidden: bool
    possible: bool
    untwisted: str
    twisted: str


SCREEN = 0.75  # the screens' middles (m from the stage's middle)

ACTS: dict[str, Act] = {
    "vanishing": Act(
        ("ball",),
        SCREEN,
        True,
        False,
        "a ball rolls behind both screens and comes out",
        "it never comes out from behind the second screen",
    ),
    "appearing": Act(
        ("ball", "twin"),
        -SCREEN,
        True,
        False,
        "one ball rolls behind both screens and comes out",
        "a second ball comes out from behind the second screen before it",
    ),
    "teleport": Act(
        ("ball",),
        -SCREEN,
        True,
        False,
        "a ball rolls behind both screens and shows in the gap",
        "it goes from behind the first screen to behind the second without showing in the gap",
    ),
    "passing": Act(
        ("ball", "stage wall"),
        SCREEN - 0.16,
        True,
        False,
        "a ball rolls against a wall behind the second screen and comes back",
        "it comes out on the other side of the wall",
    ),
    "floating": Act(
        ("block", "hand"),
        None,
        False,
        False,
        "a hand lets a block go, and it falls",
        "a hand lets a block go, and it stays in the air",
    ),
    "changing": Act(
        ("ball", "block"),
        -SCREEN,
        True,
        False,
        "a ball rolls behind both screens and comes out",
        "a block slides out from behind the first screen",
    ),
    "bouncing": Act(
        ("ball",), 0.1, False, False, "a ball rolls along the stage", "in the open it turns back, with nothing there"
    ),
    "recolouring": Act(
        ("ball", "blue ball"),
        -SCREEN,
        True,
        True,
        "a red ball rolls behind both screens and comes out",
        "it comes out blue from behind the first screen",
    ),
    "pushing": Act(("ball", "hand"), 0.1, False, True, "a ball rolls past a hand", "the hand pushes the ball back"),
}
