"""The octopus moves by strokes, driven by a script."""

from __future__ import annotations

import math

import numpy as np
import pytest

from housecat.core.obs_layout import BODY
from tests.worlds.bodies.conftest import empty_playroom
from worlds.bodies import octopus as octo


def reach(arm: int, x: float, y: float) -> tuple[float, float]:
    """Returns shoulder and elbow (-1 to 1) that put an octopus's arm's tip at a place (m) seen from the mantle."""
    angle = octo.direction(arm)
    x, y = x - math.cos(angle) * octo.MANTLE, y - math.sin(angle) * octo.MANTLE
    a, b = octo.UPPER, octo.LOWER
    far = min(math.hypot(x, y), a + b - 1e-3)
    elbow = math.acos((far**2 - a**2 - b**2) / (2 * a * b)) * (1 if arm % 2 else -1)
    shoulder = math.atan2(y, x) - angle - math.atan2(b * math.sin(elbow), a + b * math.cos(elbow))
    shoulder = (shoulder + math.pi) % (2 * math.pi) - math.pi
    return shoulder / octo.SHOULDER, elbow / octo.ELBOW


@pytest.mark.parametrize("way", [(1.0, 0.0), (0.0, 1.0)])
def test_the_octopus_gets_about_by_strokes_in_any_direction(way: tuple[float, float]) -> None:
    room = empty_playroom("octopus")

    def arms(ahead: np.ndarray) -> None:
        angles = [octo.direction(k) for k in range(octo.ARMS)]
        tips = [
            (math.cos(a) * 0.34 + s * way[0], math.sin(a) * 0.34 + s * way[1])
            for a, s in zip(angles, ahead, strict=True)
        ]
        room.step(np.clip(np.ravel([reach(k, *tip) for k, tip in enumerate(tips)]), -1, 1).astype(np.float32))

    ahead = np.zeros(octo.ARMS)
    for _ in range(6):
        for pair in ([0, 3], [1, 4], [2, 5]):  # two slide ahead, four hold
            ahead[pair] = 0.08
            arms(ahead)
        ahead[:] = -0.08  # all pull the mantle along
        arms(ahead)
    at = room.observe()["body"][BODY.position]
    assert at @ np.array(way) > 0.3
    assert room.body.upright_cosine() > 0.999
