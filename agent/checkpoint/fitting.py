"""Whether what a file holds fits the mind that its settings make: told before anything is put in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from agent.config import MindConfig
from housecat.core.errors import UserError

if TYPE_CHECKING:
    from agent.mind import Mind

NEEDED = ("config", "senses", "actions", "seed", "steps", "drives", "emotions", "muted", "memories")
TOLD = 3  # differences named
WANTS = "mixture.", "critic."  # these hang on the objectives, which may be others than those of the file


def config_in(about: Mapping[str, Any], path: Path, objectives: Mapping[str, float] | None) -> MindConfig:
    """Returns the settings that a file's mind is made with.

    Raises:
        UserError: If the file tells too little, or has settings that this housecat does not know.
    """
    missing = [name for name in NEEDED if name not in about]
    if missing:
        raise UserError(f"{path} is not a whole mind: it does not tell its {', '.join(missing)}. Save it again")
    try:
        config = MindConfig.from_json(about["config"])
    except (TypeError, UserError) as error:
        raise UserError(f"{path} has settings that this housecat cannot make a mind of: {error}") from error
    return config if objectives is None else config.updated({"objectives": dict(objectives)})


def check(
    mind: Mind, tensors: Mapping[str, Tensor], path: Path, drives: Collection[str], exact: bool, other: bool = False
) -> None:
    """Makes sure that a mind's tensors fit it.

    Args:
        mind: As its settings make it.
        tensors: All that the file holds, by name.
        path: Of the file.
        drives: What the file's critic anticipates.
        exact: Whether the mind keeps the objectives that it had.
        other: Whether it was given other settings, which may switch parts on that the file knows nothing of, or off.

    Raises:
        UserError: If not; the message names what differs, here and there.
    """
    saved = {k.removeprefix("mind."): v for k, v in tensors.items() if k.startswith("mind.")}
    own = {k: v for k, v in mind.state_dict().items() if exact or not k.startswith(WANTS)}
    if not exact:
        saved = {k: v for k, v in saved.items() if not k.startswith(WANTS)}
    if other:
        own, saved = ({k: v for k, v in a.items() if k in b} for a, b in ((own, saved), (saved, own)))
    _compare({k: tuple(v.shape) for k, v in own.items()}, {k: tuple(v.shape) for k, v in saved.items()}, path)
    memory, planner, actions = mind.memory, mind.actor.planner, mind.actions
    wanted: dict[str, tuple[int, ...]] = {f"memory.senses.{k}": (-1, *v.shape[1:]) for k, v in memory.senses.items()}
    wanted |= {"memory.action": (-1, actions), "memory.cost": (-1, len(drives)), "memory.linked": (-1,)}
    wanted |= {"generator": tuple(torch.Generator().get_state().shape), "actor.babbling": (-1, actions)}
    horizon = -1 if other or mind.config.attention.adaptive_horizon else planner.horizon  # a plan is stretched or cut
    wanted |= {"actor.mean": (horizon, actions), "actor.kept": (horizon, -1, actions)}
    found = {k: _like(tuple(tensors[k].shape), shape) for k, shape in wanted.items() if k in tensors}
    _compare(wanted, found, path)


def _like(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Returns a shape, with -1 where any size is right."""
    if len(shape) != len(wanted):
        return shape
    return tuple(-1 if any_ == -1 else size for size, any_ in zip(shape, wanted, strict=True))


def _compare(own: Mapping[str, tuple[int, ...]], saved: Mapping[str, tuple[int, ...]], path: Path) -> None:
    differ = [f"{k} has the shape {saved[k]} there and {v} here" for k, v in own.items() if saved.get(k, v) != v]
    differ += [f"{k}, of shape {v} here, is missing there" for k, v in own.items() if k not in saved]
    differ += [f"{k}, of shape {v} there, is unknown here" for k, v in saved.items() if k not in own]
    if not differ:
        return
    more = f", and {len(differ) - TOLD} more" if len(differ) > TOLD else ""
    kept = all(k.split(" ")[0].rstrip(",").startswith("mixture.") for k in differ)
    whose = "the mind does not fit its objectives' code of today" if kept else "it holds a mind of another architecture"
    raise UserError(
        f"{path}: {whose} than its settings make here: {'; '.join(differ[:TOLD])}{more}. "
        "Take the housecat and the objectives that it was saved with, or a newborn"
        if not kept
        else f"{path}: {whose}: {'; '.join(differ[:TOLD])}{more}. Mend the objective, or load it with other objectives"
    )
