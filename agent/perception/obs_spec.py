"""Which senses a mind lives by, and whether a world, its settings and its objectives fit them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from agent.config import MindConfig
from agent.perception.encoder import THING, Senses
from housecat.core.errors import UserError
from intrinsic import Mixture
from worlds import World

log = logging.getLogger(__name__)

NEEDED = ("body", "touch", "things", "vitals")
# Settings that a mind that sees by its eye must leave as they are: what they switch on knows of things alone, and a
# mirror shows walls where they are painted otherwise.
UNSEEING: dict[str, object] = {
    "policy.mode": "off",
    "hierarchy.levels": 1,
    "model.num_futures": 0,
    "training.rollout_steps": 1,
    "attention.rule": "near",
}
UNSEEING |= {
    "planner.async_planning": "off",
    "attention.need_weighting": False,
    "attention.adaptive_horizon": False,
    "training.symmetry": False,
    "model.neighbor_features": False,
}
Shapes = Mapping[str, tuple[int, ...]]
# What stands in for a sense that a mind that sees can live without: nothing, in the shape of that sense.
NOTHING: dict[str, tuple[int, ...]] = {"touch": (0,), "things": (0, THING + 1), "vitals": (0,)}


def has(shapes: Shapes, name: str) -> bool:
    """Tells whether there is a sense, and anything in it."""
    return 0 not in shapes.get(name, (0,))


def obs_shapes(world: World) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of the senses that a world has."""
    return {name: tuple(space.shape or ()) for name, space in world.observation_space.items()}


def row(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Returns the part of a sense's shape that may not change: how many things there are may."""
    return shape[1:] if name == "things" else shape


def required_shapes(shapes: Shapes, config: MindConfig) -> dict[str, tuple[int, ...]]:
    """Returns the senses that a mind lives by, and their shapes: an absent one is empty.

    Args:
        shapes: Of the senses that the world has.
        config: Settings of the mind.

    Raises:
        UserError: If settings and world do not fit.
    """
    there = ", ".join(name for name in shapes if has(shapes, name))
    if config.model.eye and not has(shapes, "eye"):
        raise UserError(
            f"model.eye=True needs the sense eye; this world has {there}. Make it with eye among its senses"
        )
    missing = [name for name in NEEDED if name not in shapes]
    if not has(shapes, "things") and has(shapes, "eye") and has(shapes, "body"):
        missing = []
    elif not missing and len(shapes["things"]) != 2:
        raise UserError(f"a mind needs things in rows; here they come flat, {shapes['things']}: make it flat=False")
    if missing:
        raise UserError(
            f"a mind needs the senses {', '.join(NEEDED)}, or body and eye; this world lacks {', '.join(missing)}"
        )
    if config.model.belief and not has(shapes, "things"):
        raise UserError(f"model.belief=True keeps things in mind, and this world tells of none: it has {there}")
    own = {name: tuple(shapes[name]) if name in shapes else NOTHING[name] for name in NEEDED}
    if has(own, "things") and not config.model.eye:
        return own
    for name, off in UNSEEING.items():
        if config[name] != off:
            raise UserError(
                f"{name}={config[name]} is for minds that live by things alone; one that sees has {name}={off}"
            )
    return own | {"eye": tuple(shapes["eye"])}


def replay_capacity(shapes: Shapes, config: MindConfig) -> int:
    """Returns how many moments a mind with these senses remembers."""
    return (
        min(config.training.capacity, config.training.image_capacity) if "eye" in shapes else config.training.capacity
    )


def nothing(shapes: Shapes) -> Senses:
    """Returns senses that tell of nothing."""
    return {name: torch.zeros(shape, dtype=torch.uint8 if name == "eye" else None) for name, shape in shapes.items()}


def as_tensors(obs: Mapping[str, npt.NDArray[Any]], shapes: Shapes) -> Senses:
    """Returns the senses that a mind lives by as tensors, with rows for as many things as it has met at once."""
    senses = nothing(shapes)
    for name, value in senses.items():
        if value.numel():
            senses[name] = torch.from_numpy(np.ascontiguousarray(obs[name], np.uint8 if name == "eye" else np.float32))
    absent = shapes["things"][0] - len(senses["things"])
    if absent:
        senses["things"] = nn.functional.pad(senses["things"], (0, 0, 0, absent))
    return senses


def supported_objectives(
    objectives: Mapping[str, float], shapes: Shapes, named: Iterable[str] = ()
) -> dict[str, float]:
    """Returns the objectives without those that nobody named and whose senses a world lacks.

    Args:
        objectives: Weights by name.
        shapes: Of the senses that the world has.
        named: Those that a user asked for.
    """
    spared = {name: weight for name, weight in objectives.items() if name not in named}
    poor = blind(Mixture(spared), shapes) if spared else {}
    for name, lacks in poor.items():
        log.warning("objective %r is left out: it reads senses.%s, which this world lacks", name, lacks)
    return {name: weight for name, weight in objectives.items() if name not in poor}


def blind(mixture: Mixture, shapes: Shapes) -> dict[str, str]:
    """Returns the objectives that read a sense that is not there, and which."""
    found = {}
    for name in mixture.names:
        for key in sorted(mixture[name].reads):
            sense = key.removeprefix("senses.").removesuffix(".before")
            if key.startswith("senses.") and not has(shapes, sense):
                found[name] = sense
    return found
