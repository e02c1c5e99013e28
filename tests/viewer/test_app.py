from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pygame
import pytest

from housecat.core.errors import UserError
from tests.viewer import fake
from tests.viewer.source.test_process_source import broken, keep, wait_for
from viewer.app import Window
from viewer.keys import KEYS
from viewer.layout import ROOM
from viewer.source.moment_source import InlineSource
from viewer.source.process_source import ProcessSource
from viewer.watch import watch


@pytest.fixture
def window(tmp_path):
    life = InlineSource(fake.make, partial(fake.live, steps=40))
    made = Window(life, 1.0, "kitten", None, tmp_path, 0.0)
    yield made
    made.close()


def frames(window, count, passed=0.05):
    for _ in range(count):
        for event in pygame.event.get():
            window._handle(event)
        window.update(passed)


def press(window, key, typed=""):
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=typed))


def test_a_window_shows_a_life_and_reports():
    life = ProcessSource(fake.make_slowly, fake.live)
    heard = []
    report = watch(life, seconds=1.0, on_moment=heard.append)
    assert report["steps"] >= 5
    assert report["frames"] > 10
    assert report["fps"] >= report["fps_p5"] > 0
    assert report["time_to_first_frame"] > 0.5
    assert not report["error"]
    assert [m.step for m in heard] == list(range(len(heard)))
    assert not life._process.is_alive()


def test_a_mistake_in_what_was_given_is_raised_and_the_window_closed():
    with pytest.raises(UserError, match="kiten"):
        watch(fake.make_wrongly)
    assert not pygame.display.get_init()


def test_the_picture_changes_as_the_life_goes_on(window):
    frames(window, 4)
    before = pygame.surfarray.array3d(window.surface)
    frames(window, 40)
    after = pygame.surfarray.array3d(window.surface)
    assert before.std() > 20
    assert (before != after).mean() > 0.01


def test_space_pauses_and_goes_on(window):
    frames(window, 10)
    press(window, pygame.K_SPACE, " ")
    frames(window, 1)
    assert window.status.paused
    step = window.playback.moment.step
    frames(window, 20)
    assert window.playback.moment.step == step
    press(window, pygame.K_PERIOD, ".")
    frames(window, 20)
    assert window.playback.moment.step == step + 1
    press(window, pygame.K_SPACE, " ")
    frames(window, 20)
    assert window.playback.moment.step > step + 2


def test_speed_stays_between_a_quarter_and_eight(window):
    frames(window, 1)
    for _ in range(9):
        press(window, pygame.K_EQUALS, "+")
    frames(window, 1)
    assert window.status.speed == 8.0
    for _ in range(9):
        press(window, pygame.K_LEFTBRACKET, "[")
    frames(window, 1)
    assert window.status.speed == 0.25


def test_r_begins_again(window):
    frames(window, 60)
    press(window, pygame.K_r, "r")
    frames(window, 8)
    assert window.playback.moment.step < 3


def test_m_is_a_meal_among_the_events_of_a_later_moment(window):
    frames(window, 10)
    press(window, pygame.K_m, "m")
    heard = []
    for _ in range(30):
        frames(window, 1)
        heard += window.playback.moment.events
    assert any(e["event"] == "meal" for e in heard)


@pytest.mark.parametrize("drag", [(0, 0), (60, 10)])
def test_a_click_or_drag_on_a_toy_pokes_it(window, drag):
    frames(window, 40)
    sent = []
    window.playback.send = sent.append
    toy = window.playback.poses[[fake.NODES.index("red ball")], :3]
    x, y, _ = window.frame.camera_controller.camera.project(toy, *ROOM.size)[0]
    at = (ROOM.x + round(float(x)), ROOM.y + round(float(y)))
    to = (at[0] + drag[0], at[1] + drag[1])
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    if drag != (0, 0):
        pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=to, rel=drag, buttons=(1, 0, 0)))
        frames(window, 1)
        assert window.status.push is not None
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=to, button=1))
    frames(window, 1)
    assert [poke.target for poke in sent] == ["red ball"]
    impulse = np.array(sent[0].impulse)
    assert 0.05 < np.linalg.norm(impulse) <= 1.2
    assert impulse[2] == 0
    if drag != (0, 0):
        assert impulse[0] > abs(impulse[1])  # to the right in the picture is nearly +x


def test_dragging_the_floor_turns_the_camera_and_pokes_nothing(window):
    frames(window, 40)
    before = window.frame.camera_controller.camera
    at = (ROOM.x + 450, ROOM.y + 420)
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    motion = {"pos": (at[0] + 80, at[1]), "rel": (80, 0), "buttons": (1, 0, 0)}
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, **motion))
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=motion["pos"], button=1))
    frames(window, 20)
    assert np.linalg.norm(np.subtract(window.frame.camera_controller.camera.eye, before.eye)) > 0.5
    assert not window.status.note


def test_every_other_key_works_without_error(window):
    frames(window, 5)
    for key in KEYS:
        if key.action not in ("quit",):
            getattr(window, key.action)()
            frames(window, 2)
    assert not window.status.error


def test_the_window_stays_open_when_the_life_ends(window):
    frames(window, 200)
    assert window.status.ended
    assert window._open
    press(window, pygame.K_ESCAPE)
    frames(window, 1)
    assert not window._open


def test_escape_closes_the_help_page_first(window):
    frames(window, 2)
    window.help()
    press(window, pygame.K_ESCAPE)
    frames(window, 1)
    assert window._open
    assert not window.status.help


def test_a_life_that_breaks_off_is_reported_and_the_window_stays(tmp_path):
    life = ProcessSource(fake.make, broken)
    life.scene()
    window = Window(life, 1.0, "kitten", None, tmp_path, 0.0)
    for _ in range(400):
        frames(window, 1, 0.02)
        pygame.time.wait(2)
        if window.status.error:
            break
    assert "divided by zero" in window.status.error
    frames(window, 5)
    assert window._open
    assert "divided by zero" in window.report()["error"]
    window.close()
    life.close()


def test_a_screenshot_is_saved(window, tmp_path):
    frames(window, 3)
    window.screenshot()
    assert [path.suffix for path in tmp_path.iterdir()] == [".png"]


def test_a_plugin_that_goes_on_in_a_new_version_is_announced(tmp_path):
    def live(world, mind, events):
        event = {"event": "reloaded", "objective": "LovesRed", "spec": "drives.py:LovesRed", "source": ""}
        yield fake.moment(0, np.zeros((5, 2)), [event])
        yield from fake.live(world, mind, events)

    window = Window(InlineSource(fake.make, live), 1.0, "kitten", None, tmp_path, 0.0)
    frames(window, 3)
    assert window.status.note == "LovesRed goes on in its new version"
    window.close()


def test_r_begins_again_after_the_life_broke_off(tmp_path):
    life = ProcessSource(fake.make, broken)
    life.scene()
    window = Window(life, 1.0, "kitten", None, tmp_path, 0.0)
    for _ in range(400):
        frames(window, 1, 0.02)
        pygame.time.wait(2)
        if window.status.error:
            break
    assert window.status.error
    life._process.join(5.0)
    life._live = fake.live
    press(window, pygame.K_r, "r")
    wait_for(lambda: frames(window, 1, 0.02) or window.playback.steps >= 3)
    assert not window.status.error
    window.close()
    life.close()


def live_on(world, mind, events):
    for moment in fake.live(world, mind, events):
        yield replace(moment, step=moment.step + 1000, time=moment.time + 1000 * fake.DT)


def test_seconds_are_those_lived_since_the_window_opened_however_old_the_mind_is():
    report = watch(InlineSource(fake.make, live_on), seconds=1.0, mind_name="cat")
    assert 5 <= report["steps"] <= 7
    assert report["seconds"] == pytest.approx(report["steps"] * fake.DT, abs=1e-3)
    assert report["agent"] == "a cat"
    assert report["modes"]["warmup"] >= 4
    assert report["touched"] == {"red ball": 1}


def test_fewer_pictures_are_drawn_while_the_life_is_late_on_a_busy_machine(window, monkeypatch):
    frames(window, 3)
    drawn = []
    monkeypatch.setattr(window.frame, "paint", lambda *args: drawn.append(args[2]))
    monkeypatch.setattr(type(window), "_late", lambda self: True)
    frames(window, 40)
    assert len(drawn) == 10
    assert drawn == pytest.approx([4 * 0.05] * 10)  # what glides goes on as fast as before
    monkeypatch.setattr(type(window), "_late", lambda self: False)
    frames(window, 10)
    assert len(drawn) == 20


@pytest.mark.parametrize(
    ("actual", "paused", "load", "late"),
    [(0.5, False, 99.0, True), (0.5, False, 0.0, False), (0.97, False, 99.0, False), (0.5, True, 99.0, False)],
)
def test_a_life_is_late_behind_its_speed_where_every_processor_is_busy(window, monkeypatch, actual, paused, load, late):
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0))
    window.status.actual, window.status.paused = actual, paused
    assert window._late() is late


def fail_at_step(step, moment):
    if moment.step == step:
        raise ZeroDivisionError("the window divided by zero")


def test_a_window_that_fails_keeps_the_life_and_says_how_to_go_on_with_it(tmp_path, caplog):
    place = tmp_path / "kept"
    with pytest.raises(ZeroDivisionError):
        watch(ProcessSource(fake.make, fake.live, partial(keep, place)), on_moment=partial(fail_at_step, 0))
    assert place.exists()
    assert f"Go on with it: housecat watch --resume {place}" in caplog.text
