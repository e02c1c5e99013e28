from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from housecat.core.errors import UserError
from tests.viewer import fake
from viewer.source.moment_source import InlineSource, SourceError
from viewer.source.process_source import ProcessSource
from worlds.events import Meal

ROOT = Path(__file__).parents[3]


def wait_for(found, seconds=20.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = found()
        if result is not None and result is not False:
            return result
        time.sleep(0.01)
    pytest.fail("waited in vain")


def broken(world, mind, events):
    yield fake.moment(0, np.zeros((5, 2)), [])
    raise ZeroDivisionError("the mind divided by zero")


@pytest.fixture
def life():
    made = ProcessSource(fake.make, partial(fake.live, steps=4))
    yield made
    made.close()


def test_another_process_lives_the_same_life(life):
    here = InlineSource(fake.make, partial(fake.live, steps=4))
    assert life.things == here.things
    np.testing.assert_array_equal(life.scene().poses, here.scene().poses)
    for step in range(4):
        events = (Meal(),) if step == 2 else ()
        life.request(events)
        here.request(events)
        there, mine = wait_for(life.poll), here.poll()
        np.testing.assert_array_equal(there.frames, mine.frames)
        assert there.events == mine.events
    life.request()
    wait_for(lambda: life.poll() or life.ended)


def test_it_can_be_lived_again_from_birth(life):
    life.request()
    life.request()
    life.restart()  # with moments of the former life still under way
    life.request()
    assert wait_for(life.poll).step == 0


def test_closing_leaves_no_process(life):
    wait_for(life.ready)
    life.close()
    assert not life._process.is_alive()


def test_a_mistake_in_what_was_given_comes_back_in_its_own_words():
    life = ProcessSource(fake.make_wrongly)
    with pytest.raises(UserError, match="no such mind 'kiten'"):
        wait_for(life.ready)
    life.close()


def test_a_life_that_breaks_off_says_why_and_can_begin_again():
    life = ProcessSource(fake.make, broken)
    life.request()
    assert wait_for(life.poll).step == 0
    life.request()
    with pytest.raises(SourceError, match="divided by zero"):
        wait_for(life.poll)
    wait_for(lambda: not life._process.is_alive())
    life.restart()
    life.request()
    assert wait_for(life.poll).step == 0
    life.close()


def test_a_killed_life_is_noticed(life):
    wait_for(life.ready)
    life._process.kill()
    with pytest.raises(SourceError, match="ended"):
        wait_for(life.poll)


def test_the_worlds_own_renderer_draws_through_the_pipe(life):
    wait_for(life.ready)
    wait_for(lambda: (life.tiny_render(40, 30, (0, -5, 5), (0, 0, 0), 40.0) == 90).all())


def test_a_life_whose_process_was_killed_begins_again(life):
    wait_for(life.ready)
    life._process.kill()
    with pytest.raises(SourceError):
        wait_for(life.poll)
    assert life.ended
    life.restart()
    assert not life.ended
    life.request()
    assert wait_for(life.poll).step == 0


def keep(place, world, mind, steps):
    place.write_text(f"{type(world).__name__} {mind} {steps}")
    return str(place)


def test_closing_keeps_what_was_lived(tmp_path):
    place = tmp_path / "kept"
    life = ProcessSource(fake.make, fake.live, partial(keep, place))
    life.request()
    life.request()
    for _ in range(2):
        wait_for(life.poll)
    life.close()
    assert (life.kept, place.read_text()) == (str(place), "World None 2")


def test_nothing_is_kept_of_a_life_without_a_step(tmp_path, caplog):
    life = ProcessSource(fake.make, fake.live, partial(keep, tmp_path / "kept"))
    life.scene()
    life.close()
    assert life.kept == ""
    assert not list(tmp_path.iterdir())
    assert not caplog.records


def fail_to_keep(world, mind, steps):
    raise UserError("the disk is full")


def test_a_life_that_cannot_be_kept_says_why(caplog):
    life = ProcessSource(fake.make, fake.live, fail_to_keep)
    life.request()
    wait_for(life.poll)
    life.close()
    assert life.kept == ""
    assert "could not be kept: the disk is full" in caplog.text


WATCHER = """
import sys, time
sys.path.insert(0, {root!r})
from functools import partial
from pathlib import Path
from tests.viewer import fake
from tests.viewer.source.test_process_source import keep
from viewer.source.process_source import ProcessSource
if __name__ == '__main__':
    life = ProcessSource(fake.make, partial(fake.live, think={think}), {keep})
    life.scene()
    life.request()
    if {wait}:
        while life.poll() is None:
            time.sleep(0.01)
    life.request()
    print(life._process.pid, flush=True)
    time.sleep(60)
"""


def kill_watcher(end, tmp_path, **options):
    """Kills a process that watches a life; returns the errors that the life's process printed, once it has ended."""
    script = tmp_path / "window.py"
    script.write_text(WATCHER.format(root=str(ROOT), **options))
    window = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert window.stdout is not None
    child = int(window.stdout.readline())
    window.send_signal(end)
    window.wait(10)

    def gone():
        try:
            os.kill(child, 0)
            state = Path(f"/proc/{child}/stat").read_text().split(")")[1].split()[0]
        except (ProcessLookupError, FileNotFoundError):  # it may go between the two
            return True
        return state == "Z"  # dead, and waiting for somebody to read its end

    wait_for(gone, 20.0)
    return window.communicate()[1]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_orphan_outlives_the_window_even_in_the_middle_of_a_thought(end, tmp_path):
    kill_watcher(end, tmp_path, think=60.0, keep=None, wait=False)


@pytest.mark.parametrize("end", [signal.SIGABRT, signal.SIGKILL, signal.SIGHUP])
def test_whatever_ends_the_window_the_life_is_kept_and_what_goes_on_with_it_is_said(end, tmp_path):
    place = tmp_path / "kept"
    errors = kill_watcher(end, tmp_path, think=0.3, keep=f"partial(keep, Path({str(place)!r}))", wait=True)
    assert place.read_text() == "World None 2"  # the step that was asked for was lived to its end
    assert f"the life is kept. Go on with it: housecat watch --resume {place}" in errors
