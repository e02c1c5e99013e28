"""The command `housecat watch`."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_watch_without_a_display_makes_a_clip(call: Any) -> None:
    status, found, err = call("watch", "--newborn", "--seconds", "1")
    assert status == 0
    assert "no display" in err
    assert Path(found["clip"]).stat().st_size > 1000
    assert Path(found["summary"]).is_file()
