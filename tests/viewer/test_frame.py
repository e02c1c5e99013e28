from __future__ import annotations

from dataclasses import replace

import numpy as np
import pygame
import pytest

from agent.moment import HiddenObject
from tests.viewer import fake
from viewer import layout, style
from viewer.frame import Stage
from viewer.layout import ROOM, SIZE, TIMELINE, Status
from viewer.panels.face import Face
from viewer.panels.timeline import Timeline, area
from viewer.scene import scene_view as module
from viewer.scene.imagination import Imagination
from worlds.rendering.renderer import TinyRenderer

MOMENTS = [fake.moment(step, np.zeros((len(fake.THINGS), 2)), []) for step in range(36)]


@pytest.fixture(autouse=True)
def _fonts():
    pygame.font.init()


def reddish(surface: pygame.Surface, rect: pygame.Rect) -> float:
    pixels = pygame.surfarray.array3d(surface.subsurface(rect)).astype(int)
    return float(((pixels[..., 0] > pixels[..., 1] + 35) & (pixels[..., 0] > pixels[..., 2] + 25)).mean())


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


def test_a_muted_objective_is_announced_in_the_room(monkeypatch):
    written = []
    monkeypatch.setattr(module, "write", lambda surface, text, *rest, **more: written.append(text) or 0)
    painted(MOMENTS)
    assert "loves_red is muted: ValueError: cost has shape (3,)" in written


def painted(moments, renderer=None, **status):
    stage = Stage(fake.World(), renderer)
    for moment in moments:
        stage.add(moment)
    surface = pygame.Surface(SIZE)
    stage.paint(surface, moments[-1].frames[-1], 1.0, Status(**status))
    stage.close()
    return surface


@pytest.mark.parametrize("count", [1, 36])
def test_every_part_of_the_window_has_something_in_it(count):
    pixels = pygame.surfarray.array3d(painted(MOMENTS[:count]))
    for rect in (layout.ROOM, layout.TIMELINE, layout.FEELINGS, layout.BODY, layout.MIND):
        assert pixels[rect.left : rect.right, rect.top : rect.bottom].std() > 5


def test_a_clip_names_no_keys(monkeypatch):
    written = []
    monkeypatch.setattr(module, "write", lambda surface, text, *rest, **more: written.append(text) or 0)
    painted(MOMENTS[:3])
    assert any("help" in text for text in written)
    written.clear()
    painted(MOMENTS[:3], clip=True)
    assert not any("help" in text for text in written)


def test_the_software_fallback_wears_a_badge():
    world = fake.World()
    tiny = TinyRenderer(world.tiny_render, *ROOM.size)
    badge = pygame.Rect(ROOM.x + 18, ROOM.y + 44, 220, 24)
    assert reddish(painted(MOMENTS[:2], tiny), badge) > 0.02


def test_a_body_without_vitals_and_a_thought_without_plans_are_fine():
    moment = MOMENTS[2]
    moment.obs.pop("vitals")
    painted([moment])


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
        thinking = replace(moment, thought=replace(moment.thought, believed=believed))
        strips = imagination.overlay(thinking, moment.frames[-1], 0.0, show=False).strips
        assert len(strips) == len(plain.strips) + 1
        ribbon = np.asarray(strips[-1])[..., :2].reshape(-1, 2)
        np.testing.assert_allclose((ribbon.max(0) + ribbon.min(0)) / 2, (1.0, -0.5), atol=0.02)
        widths.append(np.ptp(ribbon[:, 0]))
    assert widths[1] - widths[0] == pytest.approx(0.6, abs=0.03)


def test_the_face_changes_with_every_emotion():
    face, faces = Face(64), []
    for emotions in ({}, *({name: 0.9} for name in style.EMOTIONS)):
        faces.append(pygame.surfarray.array3d(face.picture(emotions, 1.0)).tobytes())
    assert len(set(faces)) == len(faces)


def test_a_body_has_a_face_in_its_own_colour_and_only_a_kitten_has_ears():
    scene = fake.scene()
    nodes = tuple(name.replace("kitten", "octopus") for name in scene.nodes)
    shapes = tuple(replace(s, color=(0.8, 0.3, 0.4)) if "kitten" in s.name else s for s in scene.shapes)
    cat, octopus = (
        Face.of(shown, 128).picture({}, 1.0) for shown in (scene, replace(scene, nodes=nodes, shapes=shapes))
    )
    assert tuple(octopus.get_at((64, 72)))[:3] == pytest.approx((204, 76, 102), abs=4)
    ears = [pygame.surfarray.array_alpha(face)[:, :18].any() for face in (cat, octopus)]
    assert ears == [True, False]
    faces = [
        pygame.surfarray.array3d(Face(64, (204, 76, 102), False).picture(emotions, 1.0)).tobytes()
        for emotions in ({}, *({name: 0.9} for name in style.EMOTIONS))
    ]
    assert len(set(faces)) == len(faces)


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
    monkeypatch.setattr(module, "write", lambda surface, text, *rest, **more: written.append(text) or 0)
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
