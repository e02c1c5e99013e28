from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.viewer import fake
from viewer.source.moment_source import InlineSource
from viewer.source.playback import Playback, interpolate_poses
from worlds.events import Meal, Poke


class Counted(InlineSource):
    asked = 0

    def request(self, events=()):
        self.asked += 1
        super().request(events)


def playing(**options) -> tuple[Counted, Playback]:
    life = Counted(fake.make, partial(fake.live, **options))
    return life, Playback(life)


def run(playback, seconds, speed=1.0, fps=30):
    return [m for _ in range(round(seconds * fps)) for m in playback.advance(1 / fps, speed)]


@pytest.mark.parametrize(("speed", "steps"), [(0.25, 3), (1.0, 10), (4.0, 40)])
def test_as_many_seconds_are_lived_as_the_speed_says(speed, steps):
    _, playback = playing()
    assert len(run(playback, 2.0, speed)) == pytest.approx(steps, abs=1)
    assert playback.actual == pytest.approx(speed, rel=0.15)


def test_moments_come_in_order_and_once():
    heard = []
    life = InlineSource(fake.make, fake.live)
    began = run(Playback(life, heard.append), 3.0)
    assert [m.step for m in began] == list(range(len(began)))
    assert [m.step for m in heard][: len(began)] == [m.step for m in began]


def test_a_paused_life_is_not_asked_for_more():
    life, playback = playing()
    run(playback, 1.0)
    playback.paused = True
    asked, poses = life.asked, playback.poses.copy()
    assert run(playback, 1.0) == []
    assert life.asked == asked
    np.testing.assert_array_equal(playback.poses, poses)


def test_a_single_step_is_one_step_shown_to_its_end():
    _, playback = playing()
    run(playback, 1.0)
    playback.paused = True
    for _ in range(3):
        playback.step_once()
        began = run(playback, 1.0)
        assert len(began) == 1
        np.testing.assert_allclose(playback.poses, began[0].frames[-1], atol=1e-5)


def test_what_a_user_does_happens_once_in_a_step_not_yet_asked_for():
    _, playback = playing()
    run(playback, 0.5)
    playback.send(Poke("red ball", (0.1, 0.0, 0.0)))
    playback.send(Meal())
    found = [(m.step, e["event"]) for m in run(playback, 2.0) for e in m.events if e["event"] in ("poke", "meal")]
    assert [event for _, event in found] == ["poke", "meal"]
    assert found[0][0] == found[1][0]


def test_a_life_ends_and_begins_again():
    _, playback = playing(steps=5)
    assert len(run(playback, 3.0)) == 5
    assert playback.ended
    playback.restart()
    assert not playback.ended
    assert [m.step for m in run(playback, 3.0)] == [0, 1, 2, 3, 4]


def test_poses_glide_between_the_keys_by_the_shorter_turn():
    a = np.array([[0, 0, 0, 0, 0, 0, 1]], np.float32)
    b = np.array([[1, 0, 0, 0, 0, -np.sin(0.4), -np.cos(0.4)]], np.float32)  # the negative of a turn by 0.8 rad
    middle = interpolate_poses(np.stack([a, b]), 0.5)[0]
    np.testing.assert_allclose(middle, [0.5, 0, 0, 0, 0, np.sin(0.2), np.cos(0.2)], atol=1e-6)


def test_a_slow_mind_is_shown_in_slow_motion_and_not_in_jerks():
    class Slow(InlineSource):
        waited = 0

        def poll(self):
            self.waited += 1
            if self.waited % 12:  # a step takes 12 pictures at 30 a second: 0.4 s for 0.2 s of life
                return None
            return super().poll()

    playback = Playback(Slow(fake.make, fake.live))
    run(playback, 6.0)
    moved = []
    for _ in range(90):
        before = playback.poses[fake.NODES.index("kitten"), :2].copy()
        playback.advance(1 / 30, 1.0)
        moved.append(float(np.linalg.norm(playback.poses[fake.NODES.index("kitten"), :2] - before)))
    still = sum(distance < 1e-5 for distance in moved)
    assert still <= 10
    assert playback.actual == pytest.approx(0.5, abs=0.1)
