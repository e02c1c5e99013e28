from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.viewer import fake
from viewer.export.video import record_video
from viewer.layout import SIZE

ROOT = Path(__file__).parents[3]


def decoded(path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24")[::8, ::8] for frame in file.decode(video=0)]


def test_a_clip_shows_the_life(tmp_path):
    progress = []
    clip, page = tmp_path / "clip.mp4", tmp_path / "summary.png"
    steps = record_video(fake.make, clip, 1.6, fps=15, summary_png=page, progress=progress.append, live=fake.live)
    assert steps == pytest.approx(8, abs=1)
    assert progress == sorted(progress)
    assert progress[-1] <= 1.6
    pictures = decoded(clip)
    assert len(pictures) == 24
    with av.open(str(clip)) as file:
        stream = file.streams.video[0]
        assert (stream.width, stream.height) == SIZE
        assert stream.pix_fmt == "yuv420p"
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 0.5
    with Image.open(page) as picture:
        assert min(picture.size) > 600
        assert np.asarray(picture).std() > 20


def test_a_clip_ends_with_the_life(tmp_path):
    assert record_video(fake.make, tmp_path / "clip.mp4", 60.0, fps=10, live=partial(fake.live, steps=3)) == 3
    assert len(decoded(tmp_path / "clip.mp4")) < 12


def test_ctrl_c_leaves_a_clip_and_a_summary(tmp_path):
    def interrupt(seconds):
        if seconds > 1.0:
            raise KeyboardInterrupt

    clip, page = tmp_path / "clip.mp4", tmp_path / "summary.png"
    with pytest.raises(KeyboardInterrupt):
        record_video(fake.make, clip, 60.0, fps=10, summary_png=page, progress=interrupt, live=fake.live)
    assert len(decoded(clip)) > 5
    assert page.stat().st_size > 10_000


def test_a_clip_that_was_killed_still_plays(tmp_path):
    clip, script = tmp_path / "clip.mp4", tmp_path / "film.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.viewer import fake\n"
        "from viewer.export.video import record_video\n"
        f"record_video(fake.make, {str(clip)!r}, 600.0, fps=10, live=fake.live)\n"
    )
    filming = subprocess.Popen([sys.executable, str(script)])
    end = time.monotonic() + 60
    while time.monotonic() < end and not (clip.exists() and clip.stat().st_size > 150_000):
        time.sleep(0.1)
    filming.send_signal(signal.SIGKILL)
    filming.wait()
    played = 0
    with av.open(str(clip)) as file, contextlib.suppress(av.error.InvalidDataError):  # the last fragment may be torn
        for _ in file.decode(video=0):
            played += 1
    assert played >= 10
