"""Raising the minds that housecat ships can be stopped and gone on with."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from studies.minds import raise_kitten
from usererror import UserError

FEW = {"rooms": 2, "steps": 40, "lessons": 3}


def test_a_kitten_whose_growing_up_was_interrupted_becomes_the_same(tmp_path: Path) -> None:
    raise_kitten(tmp_path / "whole.safetensors", tmp_path / "one.safetensors", **FEW)

    def interrupted(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        if "room 2" in what:
            raise KeyboardInterrupt
        return it

    growing = tmp_path / "two.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_kitten(tmp_path / "parts.safetensors", growing, **FEW, progress=interrupted)
    assert growing.exists()
    with pytest.raises(UserError, match="40 steps"):
        raise_kitten(tmp_path / "parts.safetensors", growing, rooms=2, steps=30, lessons=3)
    raise_kitten(tmp_path / "parts.safetensors", growing, **FEW)
    assert not growing.exists()
    assert (tmp_path / "parts.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()
