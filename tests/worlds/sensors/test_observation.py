"""What the head sees: pictures, which things are in view, and glasses that shuffle."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from worlds import PermutePixels, Place
from worlds.env import World
from worlds.rendering import renderer as opengl
from worlds.rendering.protocols import BACKGROUND
from worlds.rendering.renderer import NoOpenGLError, make_renderer
from worlds.rooms.fixtures.toys import TOYS
from worlds.sensors.camera import GLHeadCamera, TinyHeadCamera, gaze_camera, make_head_camera

STILL = np.zeros(5, np.float32)


def staged(**options: object) -> World:
    """Returns a room with the kitten in the west, facing east, and all toys behind it."""
    world = worlds.make("playroom", seed=7, **options)
    for i, toy in enumerate(world.toys):
        toy.place(-2.7, -2.5 + 0.8 * i)
    world.plate.place(2.0, 2.3, 0.0)
    world.feeder.place(2.8, -2.8)
    world.body.place(-1.5, 0.0, 0.0)
    return world


def present(world: World) -> set[str]:
    rows = world.observe()["things"]
    return {name for name, row in zip(world.things, rows, strict=True) if row[-1] > 0.5}


@pytest.mark.parametrize("backend", ["moderngl", "tiny"])
def test_the_eye_sees_a_thing_where_it_is_in_its_colour(backend: str) -> None:
    world = staged(senses=("eye",), eye=backend)
    bare = world.observe()["eye"].astype(int)
    assert bare.shape == (84, 84, 3)
    assert world.observation_space.contains(world.observe())
    for side, columns in ((0.5, slice(0, 42)), (-0.5, slice(42, 84))):
        world.toys[0].place(-0.5, side)  # the red ball
        seen = world.observe()["eye"].astype(int)
        changed = np.abs(seen - bare).max(-1) > 30
        assert changed[:, columns].sum() > 10
        assert changed.sum() == changed[:, columns].sum()
        red = seen[changed].mean(0)
        assert red[0] > 1.5 * max(red[1], red[2])
    assert world.reset(seed=7)[1]["eye"].startswith(backend)


def test_the_same_moment_gives_the_same_picture_in_another_world_and_beside_another_renderer() -> None:
    one, other = (worlds.make("playroom", seed=2, senses=("body", "eye")) for _ in range(2))
    corner = make_renderer(one, 64, 48)
    for _ in range(3):
        pictures = [world.step(STILL)[0]["eye"] for world in (one, other)]
        np.testing.assert_array_equal(*pictures)
        corner.render(one.scene().poses, gaze_camera(one.body.gaze()))
        np.testing.assert_array_equal(pictures[0], one.observe()["eye"])
    assert one.digest() == other.digest()
    corner.close()
    one.close()
    np.testing.assert_array_equal(pictures[1], other.observe()["eye"])


def test_turning_the_head_turns_the_picture() -> None:
    world = staged(senses=("eye",))
    world.toys[0].place(-0.7, 0.0)

    def column() -> float:
        red = world.observe()["eye"].astype(int)
        found = np.nonzero((red[:, :, 0] > 2 * red[:, :, 1]) & (red[:, :, 0] > 2 * red[:, :, 2]))
        return float(found[1].mean())

    ahead = column()
    for _ in range(4):
        world.step(np.array([0, 0, 0.4, 0, -1], np.float32))
    assert column() > ahead + 15  # the head turned left


def test_no_two_places_at_the_walls_look_alike() -> None:
    scene = worlds.make("playroom", seed=0).scene()
    eye, colours = make_head_camera(scene, None, "moderngl"), []
    for x, y in ((2.6, 0.0), (2.6, 2.2), (0.0, 2.6), (-2.2, 2.6), (-2.6, 0.0), (-2.6, -2.2), (0.0, -2.6), (2.2, -2.6)):
        out = np.array([x if abs(x) > 2.5 else 0.0, y if abs(y) > 2.5 else 0.0])
        at = np.array([x, y]) + 0.38 * np.sign(out)  # before the wall, and things behind
        target = at + np.sign(out)
        picture = eye.render(scene, gaze_camera(((*at, 0.17), (*target, 0.17), (0.0, 0.0, 1.0))))
        colours.append(picture[36:48, 36:48].reshape(-1, 3).mean(0) / picture[36:48, 36:48].mean())
    eye.close()
    apart = [np.abs(a - b).max() for i, a in enumerate(colours) for b in colours[:i]]
    assert min(apart) > 0.1  # in hue, not in brightness alone


@pytest.mark.parametrize("backend", ["moderngl", "tiny"])
def test_a_body_that_presses_its_nose_to_a_wall_does_not_look_through_it(backend: str) -> None:
    world = staged(senses=("eye",), eye=backend)
    for heading in (0.0, 2.0, -1.2):
        world.body.place(2.4 * math.cos(heading), 2.4 * math.sin(heading), heading)
        for _ in range(20):
            seen = world.step(np.array([1.0, 0.0, 0.0, 1.0, 0.0], np.float32))[0]["eye"]  # the paw out of the way
        assert not (seen[40:] == BACKGROUND).all(-1).any(), heading


def test_without_opengl_the_eye_sees_and_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise NoOpenGLError("no driver")

    monkeypatch.setattr(opengl, "context", fails)
    world = worlds.make("playroom", senses=("eye",))
    assert world.reset()[1]["eye"] == "tiny"
    assert isinstance(make_head_camera(world.scene(), world.tiny_render), TinyHeadCamera)
    with pytest.raises(NoOpenGLError):
        make_head_camera(world.scene(), world.tiny_render, "moderngl")


def test_going_on_with_another_eye_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    world = worlds.make("playroom", seed=1, senses=("eye",))
    assert isinstance(world._vision.camera, GLHeadCamera)
    kept = world.snapshot()
    with caplog.at_level(logging.WARNING):
        world.restore(kept)
        assert not caplog.records
        worlds.make("playroom", seed=1, senses=("eye",), eye="tiny").restore(kept)
    assert "and now by tiny" in caplog.text


def test_only_what_is_ahead_and_not_hidden_is_seen() -> None:
    world = staged(things="seen", senses=("things",))
    assert present(world) == {"hot plate", "feeder"}
    world.toys[1].place(-0.3, 0.0)
    assert "blue ball" in present(world)
    world.feeder.place(-0.9, 0.0)  # higher than the eye, in front of it
    assert present(world) == {"feeder"}
    world.feeder.place(-0.9, -0.4)
    assert present(world) == {"hot plate", "feeder", "blue ball"}
    world.body.place(-1.5, 0.0, math.pi)
    assert {"blue ball", "hot plate", "feeder"}.isdisjoint(present(world))
    hidden = world.observe()["things"][world.things.index("blue ball")]
    np.testing.assert_array_equal(hidden, 0.0)


def test_what_lies_flat_and_cannot_be_touched_is_seen_unless_something_is_before_it() -> None:
    world = staged(things="seen", senses=("things",))
    world.plate.place(0.5, 0.0, 0.0)
    assert "hot plate" in present(world)
    world.feeder.place(-0.95, 0.0)
    assert "hot plate" not in present(world)


def test_what_is_seen_is_what_all_things_tells_of_it() -> None:
    seen, everything = (staged(things=which, senses=("things",)) for which in ("seen", "all"))
    rows, known = seen.observe()["things"], everything.observe()["things"]
    some = rows[:, THINGS.present] > 0.5
    assert 0 < some.sum() < len(TOYS)
    np.testing.assert_array_equal(rows[some], known[some])
    np.testing.assert_array_equal(seen.truth()["things.position"], everything.truth()["things.position"])


def test_looking_changes_no_life() -> None:
    one, other = worlds.make("playroom", seed=3), worlds.make("playroom", seed=3, things="seen")
    rng = np.random.default_rng(0)
    for _ in range(20):
        action = rng.uniform(-1, 1, 5).astype(np.float32)
        one.step(action), other.step(action)
    assert one.exact_state() == other.exact_state()


def test_glasses_shuffle_pixels_always_alike_and_lose_nothing() -> None:
    world = worlds.make("playroom", seed=1, senses=("body", "eye"))
    plain = world.reset(seed=1)[0]
    glasses, others = PermutePixels(world, seed=5), PermutePixels(world, seed=6)
    seen = glasses.reset(seed=1)[0]
    assert not np.array_equal(seen["eye"], plain["eye"])
    np.testing.assert_array_equal(seen["body"], plain["body"])
    back = np.empty_like(plain["eye"]).reshape(-1, 3)
    back[glasses.order] = seen["eye"].reshape(-1, 3)
    np.testing.assert_array_equal(back.reshape(84, 84, 3), plain["eye"])
    np.testing.assert_array_equal(seen["eye"], PermutePixels(world, seed=5).observation(plain)["eye"])
    assert not np.array_equal(seen["eye"], others.observation(plain)["eye"])
    with pytest.raises(UserError, match="this world has body, things, touch"):
        PermutePixels(worlds.make("playroom"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"things": "some"}, "'all', or 'seen'"),
        ({"eye": "modern"}, "Did you mean moderngl"),
        ({"senses": ("cues",)}, "Playroom has no cues"),
    ],
)
def test_unusable_options_are_refused(options: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        worlds.make("playroom", **options)


def test_a_thing_put_in_place_by_an_event_is_seen() -> None:
    world = staged(things="seen", senses=("things",))
    world.apply(Place("blue ball", (-0.5, 0.1)))
    assert "blue ball" in present(world)
