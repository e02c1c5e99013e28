from __future__ import annotations

import pygame
import pytest

from tests.viewer.painting import MOMENTS, painted
from viewer import layout


@pytest.mark.parametrize("count", [1, 36])
def test_every_part_of_the_window_has_something_in_it(count):
    pixels = pygame.surfarray.array3d(painted(MOMENTS[:count]))
    for rect in (layout.ROOM, layout.TIMELINE, layout.FEELINGS, layout.BODY, layout.MIND):
        assert pixels[rect.left : rect.right, rect.top : rect.bottom].std() > 5


def test_a_body_without_vitals_and_a_thought_without_plans_are_fine():
    moment = MOMENTS[2]
    moment.obs.pop("vitals")
    painted([moment])
