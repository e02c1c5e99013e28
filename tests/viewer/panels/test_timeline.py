from __future__ import annotations

import numpy as np
import pygame

from tests.viewer import fake
from tests.viewer.painting import MOMENTS, painted, reddish
from viewer import style
from viewer.layout import SIZE, TIMELINE
from viewer.panels.timeline import Timeline, area
from viewer.scene import scene_view as module


def painted_timeline(count):
    timeline = Timeline(TIMELINE)
    for moment in MOMENTS[:count]:
        timeline.add(moment)
    surface = pygame.Surface(SIZE)
    timeline.paint(surface)
    return timeline, surface


def test_a_muted_objective_has_a_red_lane_with_its_reason():
    healthy, before = painted_timeline(30)
    hurt, after = painted_timeline(36)
    assert not healthy.muted
    assert hurt.muted == {"loves_red": "ValueError: cost has shape (3,)"}
    assert reddish(after, TIMELINE) > reddish(before, TIMELINE) + 0.04


def test_a_muted_lane_is_shown_even_where_there_is_no_room_for_all():
    timeline, _ = painted_timeline(36)
    timeline._lanes = [f"objective {i}" for i in range(40)] + ["loves_red", "surprise"]
    shown = timeline._fitting(130)
    assert len(shown) <= 10
    assert {"loves_red", "surprise"} <= set(shown)


def test_an_area_shows_costs_and_gains_in_different_colours_and_gaps_as_nothing():
    strip = pygame.surfarray.array3d(area(np.array([1.0, -1.0, np.nan]), 10, 0.3, None)).astype(int)
    cost, gain, gap = strip[0, 5], strip[2, 5], strip[4, 5]
    assert cost[0] > cost[2]
    assert gain[1] > gain[0]
    assert tuple(gap) == style.CARD


def reloading(step, **event):
    return [fake.moment(step, np.zeros((len(fake.THINGS), 2)), [{"objective": "loves_red", **event}])]


def test_a_plugin_that_could_not_be_reloaded_is_red_while_its_old_version_lives(monkeypatch):
    written = []
    monkeypatch.setattr(module, "draw_text", lambda surface, text, *rest, **more: written.append(text) or 0)
    failed = reloading(20, event="reload failed", error="drives.py, line 7: SyntaxError: invalid syntax")
    broken, healthy = Timeline(TIMELINE), Timeline(TIMELINE)
    pictures = []
    for timeline, moments in ((healthy, MOMENTS[:20]), (broken, MOMENTS[:20] + failed)):
        for moment in moments:
            timeline.add(moment)
        pictures.append(pygame.Surface(SIZE))
        timeline.paint(pictures[-1])
    label = pygame.Rect(TIMELINE.x, TIMELINE.y + 36, 148, TIMELINE.height - 60)
    assert reddish(pictures[1], label) > reddish(pictures[0], label) + 0.005
    assert not broken.muted
    painted(MOMENTS[:20] + failed)
    assert "loves_red goes on as it was: drives.py, line 7: SyntaxError: invalid syntax" in written
    broken.add(reloading(21, event="reloaded")[0])
    assert not broken.warnings


def test_what_was_not_learnt_is_announced_until_all_is_well_again():
    timeline = Timeline(TIMELINE)
    timeline.add(reloading(0, event="update skipped", losses=["things"], total=1)[0])
    assert timeline.warnings == ["not learnt: things is not finite"]
    timeline.add(reloading(1, event="contact")[0])
    assert not timeline.warnings
    timeline.add(reloading(2, event="learning stopped", error="learning stopped: things was not finite")[0])
    timeline.add(reloading(3, event="contact")[0])
    assert timeline.warnings == ["learning stopped: things was not finite"]
