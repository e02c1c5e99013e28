"""The senses that a mind uses, and whether a world, settings and objectives fit them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from agent.config import MindConfig
from agent.perception.encoder import THING_POSE, Senses
from housecat.core.errors import UserError
from intrinsic import Mixture
from worlds import World

log = logging.getLogger(__name__)

REQUIRED_SENSES = ("body", "touch", "things", "vitals")
# The values that these settings must have in a mind with an eye: what they switch on works with things alone, and the
# mirror image of a room has other colors on its walls.
SETTINGS_WITH_EYE: dict[str, object] = {
    "policy.mode": "off",
    "hierarchy.levels": 1,
    "model.num_futures": 0,
    "training.rollout_steps": 1,
    "attention.rule": "near",
}
SETTINGS_WITH_EYE |= {
    "planner.async_planning": "off",
    "attention.need_weighting": False,
    "attention.adaptive_horizon": False,
    "training.symmetry": False,
    "model.neighbor_features": False,
}
Shapes = Mapping[str, tuple[int, ...]]
# Shapes of the empty arrays that stand in for senses that a mind with an eye can do without.
EMPTY_SHAPES: dict[str, tuple[int, ...]] = {"touch": (0,), "things": (0, THING_POSE + 1), "vitals": (0,)}


def has_sense(shapes: Shapes, name: str) -> bool:
    """Returns whether there is a sense of that name that is not empty."""
    return 0 not in shapes.get(name, (0,))


def obs_shapes(world: World) -> dict[str, tuple[int, ...]]:
    """Returns the shape of each sense of a world."""
    return {name: tuple(space.shape or ()) for name, space in world.observation_space.items()}


def fixed_shape(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Returns the part of a sense's shape that may not change; the number of things may."""
    return shape[1:] if name == "things" else shape


def required_shapes(shapes: Shapes, config: MindConfig) -> dict[str, tuple[int, ...]]:
    """Returns the shapes of the senses that a mind uses; those that the world lacks are empty.

    Args:
        shapes: Shapes of the senses of the world.
        config: Settings of the mind.

    Raises:
        UserError: If settings and world do not fit.
    """
    there = ", ".join(name for name in shapes if has_sense(shapes, name))
    if config.model.eye and not has_sense(shapes, "eye"):
        raise UserError(
            f"model.eye=True needs the sense eye; this world has {there}. Make it with eye among its senses"
        )
    missing = [name for name in REQUIRED_SENSES if name not in shapes]
    if not has_sense(shapes, "things") and has_sense(shapes, "eye") and has_sense(shapes, "body"):
        missing = []
    elif not missing and len(shapes["things"]) != 2:
        raise UserError(f"a mind needs things in rows; here they come flat, {shapes['things']}: make it flat=False")
    if missing:
        raise UserError(
            f"a mind needs the senses {', '.join(REQUIRED_SENSES)}, or body and eye; "
            f"this world lacks {', '.join(missing)}"
        )
    if config.model.belief and not has_sense(shapes, "things"):
        raise UserError(f"model.belief=True keeps things in mind, and this world tells of none: it has {there}")
    own = {name: tuple(shapes[name]) if name in shapes else EMPTY_SHAPES[name] for name in REQUIRED_SENSES}
    if has_sense(own, "things") and not config.model.eye:
        return own
    for name, off in SETTINGS_WITH_EYE.items():
        if config[name] != off:
            raise UserError(
                f"{name}={config[name]} is for minds that live by things alone; one that sees has {name}={off}"
            )
    return own | {"eye": tuple(shapes["eye"])}


def replay_capacity(shapes: Shapes, config: MindConfig) -> int:
    """Returns how many transitions the replay buffer of a mind with these senses holds."""
    return (
        min(config.training.capacity, config.training.image_capacity) if "eye" in shapes else config.training.capacity
    )


def empty_senses(shapes: Shapes) -> Senses:
    """Returns senses of these shapes that are all zero."""
    return {name: torch.zeros(shape, dtype=torch.uint8 if name == "eye" else None) for name, shape in shapes.items()}


def as_tensors(obs: Mapping[str, npt.NDArray[Any]], shapes: Shapes) -> Senses:
    """Returns an observation as tensors, with rows of zeros for things that other rooms had more of."""
    senses = empty_senses(shapes)
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
    """Returns the objectives without those that read senses that a world lacks; what was asked for by name stays.

    Args:
        objectives: Weights by name.
        shapes: Shapes of the senses of the world.
        named: Names of the objectives that the user asked for.
    """
    spared = {name: weight for name, weight in objectives.items() if name not in named}
    poor = missing_senses(Mixture(spared), shapes) if spared else {}
    for name, lacks in poor.items():
        log.warning("objective %r is left out: it reads senses.%s, which this world lacks", name, lacks)
    return {name: weight for name, weight in objectives.items() if name not in poor}


def missing_senses(mixture: Mixture, shapes: Shapes) -> dict[str, str]:
    """Returns, by objective, the sense that it reads and that is missing."""
    found = {}
    for name in mixture.names:
        for key in sorted(mixture[name].reads):
            sense = key.removeprefix("senses.").removesuffix(".before")
            if key.startswith("senses.") and not has_sense(shapes, sense):
                found[name] = sense
    return found
