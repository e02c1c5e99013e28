"""Progress on stderr, and a Ctrl-C that waits."""

from __future__ import annotations

import os
import signal

import pytest

from housecat.cli.progress import InterruptFlag, ProgressBar


def test_progress_is_a_line_every_ten_per_cent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar("first", 200) as bar:
        for done in range(1, 201):
            bar(done, "7% of steps playing")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("first: 20/200 steps, ")
    assert lines[-1].startswith("first: 200/200 steps, ")
    assert lines[-1].endswith("/s, 7% of steps playing")


def test_a_first_interrupt_is_noted_and_a_second_does_not_wait() -> None:
    before = signal.getsignal(signal.SIGINT)
    with InterruptFlag() as interrupt:
        assert not interrupt.is_set
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupt.is_set
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
