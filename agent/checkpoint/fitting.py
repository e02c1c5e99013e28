"""Checks that the contents of a checkpoint fit the mind that its settings make, before any of them is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.config import MindConfig
from housecat.core.errors import UserError

NEEDED = (
    "config",
    "obs_shapes",
    "num_actions",
    "seed",
    "steps",
    "drives",
    "actor",
    "trainer",
    "emotions",
    "muted",
    "memories",
    "modules",
    "replay_buffer",
)
MAX_NAMED = 3  # differences that a message names

Shapes = Mapping[str, tuple[int, ...]]


def config_in(state: Mapping[str, Any], path: Path, objectives: Mapping[str, float] | None) -> MindConfig:
    """Returns the settings that the mind of a checkpoint is made with.

    Args:
        state: What the checkpoint holds.
        path: Its file, for messages.
        objectives: Weights by name, in place of those that it holds; None to keep them.

    Raises:
        UserError: If the checkpoint lacks a part, or has settings that this housecat does not know.
    """
    missing = [name for name in NEEDED if name not in state]
    if missing:
        raise UserError(f"{path} is not a whole mind: it does not tell its {', '.join(missing)}. Save it again")
    try:
        config = MindConfig.from_json(state["config"])
    except (TypeError, UserError) as error:
        raise UserError(f"{path} has settings that this housecat cannot make a mind of: {error}") from error
    return config if objectives is None else config.updated({"objectives": dict(objectives)})


def check_shapes(expected: Shapes, saved: Shapes, path: Path) -> None:
    """Makes sure that the tensors of a checkpoint are those that a mind needs, and no others.

    Args:
        expected: Shape of each tensor that the mind needs, by name; -1 where any size is right.
        saved: Shape of each tensor of the checkpoint, by name.
        path: Its file, for messages.

    Raises:
        UserError: If one is missing, unknown, or of another shape; the message names up to three.
    """
    differ = [
        f"{k} has the shape {saved[k]} there and {v} here"
        for k, v in expected.items()
        if k in saved and not _fits(saved[k], v)
    ]
    differ += [f"{k}, of shape {v} here, is missing there" for k, v in expected.items() if k not in saved]
    differ += [f"{k}, of shape {v} there, is unknown here" for k, v in saved.items() if k not in expected]
    if not differ:
        return
    more = f", and {len(differ) - MAX_NAMED} more" if len(differ) > MAX_NAMED else ""
    named = f"{'; '.join(differ[:MAX_NAMED])}{more}"
    if all(difference.startswith("mixture.") for difference in differ):
        raise UserError(
            f"{path}: the mind does not fit its objectives' code of today: {named}. Mend the objective, or load it "
            "with other objectives"
        )
    raise UserError(
        f"{path}: it holds a mind of another architecture than its settings make here: {named}. Take the housecat and "
        "the objectives that it was saved with, or a newborn"
    )


def _fits(shape: tuple[int, ...], expected: tuple[int, ...]) -> bool:
    return len(shape) == len(expected) and all(b in (-1, a) for a, b in zip(shape, expected, strict=True))
