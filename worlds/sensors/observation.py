"""The observation space of a room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

from housecat.core.obs_layout import MAX_FORCE, MAX_MOTION, THING_SIZE, VITALS, bounds
from worlds.sensors.camera import SIDE


def make_observation_space(
    senses: Sequence[str], readings: int, parts: int, things: int, cues: int, flat: bool
) -> spaces.Dict:
    """Returns the space of an observation.

    Args:
        senses: Names of the senses in it.
        readings: Number of columns of the sense ``body``.
        parts: Number of the body's parts that feel touch.
        things: Number K of things.
        cues: Number of the room's cues.
        flat: Whether ``things`` is one row of K x F numbers instead of K rows.
    """
    by_sense: dict[str, spaces.Space[Any]] = {
        "body": spaces.Box(-MAX_MOTION, MAX_MOTION, (readings,), np.float32),
        "touch": spaces.Box(0.0, MAX_FORCE, (parts,), np.float32),
        "things": spaces.Box(
            -MAX_MOTION, MAX_MOTION, (things * THING_SIZE,) if flat else (things, THING_SIZE), np.float32
        ),
        "vitals": spaces.Box(*bounds(VITALS), dtype=np.float32),
        "cues": spaces.Box(-1.0, 1.0, (cues,), np.float32),
        "eye": spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8),
    }
    return spaces.Dict({name: by_sense[name] for name in senses})
