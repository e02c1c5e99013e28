from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agent.moment import HiddenObject
from tests.viewer import fake
from tests.viewer.painting import MOMENTS, painted
from viewer.scene.imagination import Imagination


def test_things_that_a_plan_moves_get_a_path_and_a_ghost_and_others_none():
    imagination = Imagination(fake.scene())
    overlay = imagination.overlay(MOMENTS[20], MOMENTS[20].frames[-1], 0.0)
    ghosts = {fake.NODES[ghost.node] for ghost in overlay.ghosts}
    assert "red ball" in ghosts
    assert not ghosts & {"blue ball", "green cube", "hot plate"}
    hidden = imagination.overlay(MOMENTS[20], MOMENTS[20].frames[-1], 0.0, show=False)
    assert not hidden.ghosts
    assert len(hidden.strips) == len(MOMENTS[20].thought.attention)


def test_other_futures_of_a_plan_are_drawn_where_they_move_a_thing():
    moment = MOMENTS[20]
    chosen, *rivals = moment.thought.plans
    futures = np.stack([chosen.things, chosen.things, chosen.things])
    futures[2, :, 0, :2] *= -1  # the red ball goes elsewhere; nothing else moves
    plans = (replace(chosen, futures=futures), *rivals)
    several = replace(moment, thought=replace(moment.thought, plans=plans))
    one, more = (Imagination(fake.scene()).overlay(m, m.frames[-1], 0.0) for m in (moment, several))
    assert len(more.strips) == len(one.strips) + 2
    assert len(more.ghosts) == len(one.ghosts)
    painted([several])


def test_a_second_level_shows_where_it_wants_the_body_to_be():
    one = MOMENTS[20]
    two = replace(one, thought=replace(one.thought, subgoals=np.array([[0.5, 0, 0], [1, 0, 0]], np.float32)))
    drawn = [Imagination(fake.scene()).overlay(moment, one.frames[-1], 0.0) for moment in (one, two)]
    assert len(drawn[1].strips) == len(drawn[0].strips) + 2


def test_what_is_believed_of_things_out_of_sight_is_a_ring_as_wide_as_the_doubt():
    moment, imagination = MOMENTS[20], Imagination(fake.scene())
    plain = imagination.overlay(moment, moment.frames[-1], 0.0, show=False)
    widths = []
    for doubt in (0.1, 0.4):
        believed = (HiddenObject(0, (1.0, -0.5, 0.1), doubt, 3),)
        thinking = replace(moment, thought=replace(moment.thought, hidden_objects=believed))
        strips = imagination.overlay(thinking, moment.frames[-1], 0.0, show=False).strips
        assert len(strips) == len(plain.strips) + 1
        ribbon = np.asarray(strips[-1])[..., :2].reshape(-1, 2)
        np.testing.assert_allclose((ribbon.max(0) + ribbon.min(0)) / 2, (1.0, -0.5), atol=0.02)
        widths.append(np.ptp(ribbon[:, 0]))
    assert widths[1] - widths[0] == pytest.approx(0.6, abs=0.03)
