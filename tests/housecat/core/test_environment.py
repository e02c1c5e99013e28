from __future__ import annotations

import os
from pathlib import Path

import pytest

from housecat.core.environment import graphics_environment


def test_variables_are_set_for_a_while_and_then_as_before(monkeypatch):
    monkeypatch.setenv("LP_NUM_THREADS", "4")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with graphics_environment(LP_NUM_THREADS="0", SDL_SOMETHING="1"):
        assert (os.environ["LP_NUM_THREADS"], os.environ["SDL_SOMETHING"]) == ("0", "1")
        folder = Path(os.environ["XDG_RUNTIME_DIR"])
        assert folder.stat().st_mode & 0o777 == 0o700
    assert os.environ["LP_NUM_THREADS"] == "4"
    assert not {"XDG_RUNTIME_DIR", "SDL_SOMETHING"} & set(os.environ)
    assert not folder.exists()


def test_a_runtime_folder_that_is_set_stays_and_errors_restore_too(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    seen = []

    def fail():
        with graphics_environment(LP_NUM_THREADS="0"):
            seen.append((os.environ["XDG_RUNTIME_DIR"], os.environ["LP_NUM_THREADS"]))
            raise RuntimeError("no display")

    with pytest.raises(RuntimeError, match="no display"):
        fail()
    assert seen == [(str(tmp_path), "0")]
    assert os.environ["XDG_RUNTIME_DIR"] == str(tmp_path)
